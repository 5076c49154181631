import { describe, it } from '@jest/globals';
import { beyondThisTest } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import type { Verdict } from './fault.js';
import { SLACK_MS } from './prove.js';
import { keep } from './records.js';
import { lookAt, Supervised, type ChildSight } from './supervised.js';

const POLL_MS = 5;
const PATIENCE_MS = 15_000;

/** What the worker's own `/readyz`, `/healthz` and `/livez` are to say while the fault of its child lasts. */
export interface ChildVerdict extends Pick<Verdict, 'code' | 'restart' | 'target'> {
  readonly live: boolean;
  readonly says?: RegExp;
}

/** A fault of the supervised child. Most of them the supervisor mends by itself, so there is nothing to heal. */
export interface ChildFault {
  readonly id: string;
  readonly title: string;
  /** Of the first life; see switched-app-server.mjs. */
  readonly mode?: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly expected: ChildVerdict;
  readonly detectWithinMs: number;
  /** From the moment at which it was seen, or was healed where it has to be. */
  readonly recoverWithinMs: number;
  readonly witness?: string;
  /** Begins with the section and goes on while those before it are proven, because it takes long. */
  readonly meanwhile?: boolean;
  /** Resolves at the moment from which the fault can be seen. */
  inject(at: Supervised): Promise<void>;
  /** While it lasts: what else has to hold. */
  during?(at: Supervised): Promise<void>;
  heal?(at: Supervised): Promise<void>;
  /** How it ends well, when not with the worker ready again. */
  recovered?(at: Supervised): Promise<boolean>;
  after?(at: Supervised): Promise<void>;
}

export function proveChildFaults(section: string, faults: readonly ChildFault[]): void {
  describe(section, () => {
    const begun = new Map<string, Promise<void>>();
    for (const fault of faults) {
      it(`${fault.id}: ${fault.title}`, async () => {
        for (const other of faults.filter(({ meanwhile }) => meanwhile)) {
          // Its failure is told by its own test.
          if (!begun.has(other.id))
            begun
              .set(
                other.id,
                beyondThisTest(() => recorded(other)),
              )
              .get(other.id)
              ?.catch(() => undefined);
        }
        await (begun.get(fault.id) ?? recorded(fault));
      }, 120_000);
    }
  });
}

async function recorded(fault: ChildFault): Promise<void> {
  try {
    await prove(fault);
  } catch (error) {
    const { id, title } = fault;
    keep({ id, title, outcome: 'failed', why: (error as Error).message });
    throw error;
  }
}

async function prove(fault: ChildFault): Promise<void> {
  const { id, title, expected, detectWithinMs, recoverWithinMs } = fault;
  const at = await Supervised.start(fault.mode ?? 'well', fault.settings ?? {});
  try {
    await polled(at, troubles, 20_000, 'a worker that is well');
    await fault.inject(at);
    const injectedAt = performance.now();
    const wrong = (sight: ChildSight) => differences(sight, expected);
    const sight = await polled(at, wrong, detectWithinMs + PATIENCE_MS, 'the verdict');
    let healedAt = performance.now();
    const detectedMs = Math.round(healedAt - injectedAt);
    const naive = (await at.processesAreUp()) ? 'lies' : 'catches';
    await fault.during?.(at);
    if (fault.heal !== undefined) {
      await fault.heal(at);
      healedAt = performance.now();
    }
    await recovery(fault, at);
    const recoveredMs = Math.round(performance.now() - healedAt);
    await fault.after?.(at);
    keep({
      id,
      title,
      outcome: 'seen',
      expected: { ...expected, ready: false, heartbeat: null, health: 'fail', check: 'app-server' },
      seen: answerOf(sight),
      witness: fault.witness ?? null,
      detectedMs,
      detectWithinMs,
      recoveredMs,
      recoverWithinMs,
      naive,
    });
    inTime('seen', detectedMs, detectWithinMs);
    inTime('recovered from', recoveredMs, recoverWithinMs);
  } finally {
    await at.worker.process.kill();
  }
}

async function recovery({ recovered, recoverWithinMs }: ChildFault, at: Supervised): Promise<void> {
  const timeoutMs = recoverWithinMs + PATIENCE_MS;
  if (recovered === undefined) await polled(at, troubles, timeoutMs, 'a worker that is well again');
  else await eventually(() => recovered(at), { timeoutMs, intervalMs: POLL_MS, what: 'a good end' });
}

interface CheckAnswer {
  readonly code: string;
  readonly message: string;
  readonly restart?: string;
  readonly restartTarget?: string;
}

const answerOf = ({ readyz }: ChildSight) => readyz.json.checks['app-server'] as CheckAnswer;

function differences(sight: ChildSight, expected: ChildVerdict): string[] {
  const { readyz, healthz, livez } = sight;
  const { code, message, restart, restartTarget } = answerOf(sight);
  const { readiness, liveness } = healthz.json.health;
  const reason = expected.code.replace('app_server.', '');
  const held: [string, unknown, unknown][] = [
    ['/readyz', readyz.status, 503],
    ['its code', code, expected.code],
    ['a restart', restart, expected.restart],
    ['its target', restartTarget, expected.target],
    ['/healthz', healthz.status, 503],
    ['readiness', readiness.ready, false],
    ['its reason', readiness.reason, reason],
    ['liveness', liveness.live, expected.live],
    ['/livez', livez.status, expected.live ? 200 : 503],
    ['why it is not live', livez.json.reason, expected.live ? null : expected.code],
  ];
  const found = held
    .filter(([, seen, wanted]) => seen !== wanted)
    .map(([what, seen, wanted]) => `${what} is ${String(seen)}, not ${String(wanted)}`);
  if (expected.says !== undefined && !expected.says.test(message))
    found.push(`"${message}" does not say ${String(expected.says)}`);
  return found;
}

function troubles({ readyz, healthz, livez }: ChildSight): string[] {
  return [readyz, healthz, livez].filter(({ status }) => status !== 200).map(({ text }) => text);
}

async function polled(
  at: Supervised,
  wrong: (sight: ChildSight) => string[],
  timeoutMs: number,
  what: string,
): Promise<ChildSight> {
  let last: string[] = [];
  try {
    return await eventually(
      async () => {
        const sight = await lookAt(at);
        last = wrong(sight);
        return last.length === 0 && sight;
      },
      { timeoutMs, intervalMs: POLL_MS, what },
    );
  } catch (error) {
    throw new Error(`${what} was not seen within ${timeoutMs} ms:\n  ${last.join('\n  ')}`, { cause: error });
  }
}

function inTime(what: string, ms: number, limitMs: number): void {
  if (ms <= limitMs + SLACK_MS) return;
  throw new Error(
    `it was ${what} after ${ms} ms, not within ${limitMs} (and ${SLACK_MS} for a busy machine)`,
  );
}
