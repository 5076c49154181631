import { describe, it } from '@jest/globals';
import { eventually } from '../../fixtures/eventually.js';
import type { Fault, Stage, Verdict } from './fault.js';
import type { NaiveAnswer } from './naive.js';
import { differences, look, named, troubles, type Sight } from './observe.js';
import { keep } from './records.js';
import { Stack } from './stack.js';

const POLL_MS = 40;
/** To find out by how much a limit was missed. */
const PATIENCE_MS = 15_000;
/** What hangs ends here; every step before has a limit of its own. */
const LONGEST_MS = 300_000;
/** The stack, its servers and the tests share two cores, with another stack beside them. */
export const SLACK_MS = 4000;

/** Makes one test of each fault: injected into a real stack, seen on every endpoint, healed, recovered from. */
export function proveFaults(section: string, faults: readonly Fault[]): void {
  describe(section, () => {
    for (const fault of faults) {
      const title = `${fault.id}: ${fault.title}`;
      const why = fault.canInject?.();
      if (why !== undefined) {
        keep({ id: fault.id, title: fault.title, outcome: 'skipped', why });
        // With CI=true a skipped test is a failure (scripts/test.mjs).
        it.skip(`${title} (cannot be injected here: ${why})`, () => undefined);
        continue;
      }
      it(title, () => recorded(fault), LONGEST_MS);
    }
  });
}

async function recorded(fault: Fault): Promise<void> {
  try {
    await prove(fault);
  } catch (error) {
    const { id, title } = fault;
    keep({ id, title, outcome: 'failed', why: (error as Error).message });
    throw error;
  }
}

async function prove(fault: Fault): Promise<void> {
  const stack = await Stack.start(fault.given ?? {});
  try {
    await fault.prepare?.(stack);
    await well(stack, fault, 30_000);
    const stages: readonly Stage[] = [fault, ...(fault.then ?? [])];
    const results = [];
    for (const stage of stages) results.push(await detect(stack, fault, stage));
    await fault.during?.(stack);
    await fault.heal(stack);
    const healedAt = performance.now();
    const { last } = await well(stack, fault, fault.recoverWithinMs + PATIENCE_MS);
    const recoveredMs = Math.round(performance.now() - healedAt);
    await fault.after?.(stack);
    results.forEach(({ stage, sight, detectedMs, naive }) => {
      const seen = named(sight, stage.expected.check);
      keep({
        id: fault.id,
        title: stages.length > 1 ? `${fault.title}: ${stage.title}` : fault.title,
        outcome: 'seen',
        expected: stage.expected,
        seen: { code: seen?.code ?? null, message: seen?.message ?? null },
        witness: fault.witness ?? null,
        detectedMs,
        detectWithinMs: stage.detectWithinMs,
        recoveredMs,
        recoverWithinMs: fault.recoverWithinMs,
        naive,
      });
    });
    for (const each of results) inTime('seen', each.detectedMs, each.stage.detectWithinMs, each.last);
    inTime('recovered from', recoveredMs, fault.recoverWithinMs, last);
  } finally {
    await stack.stop();
  }
}

interface Detected {
  readonly stage: Stage;
  readonly sight: Sight;
  readonly detectedMs: number;
  readonly naive: NaiveAnswer;
  /** What came last of all, and when. */
  readonly last: string;
}

async function detect(stack: Stack, fault: Fault, stage: Stage): Promise<Detected> {
  await stage.inject(stack);
  const startedAt = performance.now();
  const { sight, last } = await seen(stack, fault, stage.expected, stage.detectWithinMs + PATIENCE_MS);
  const detectedMs = Math.round(performance.now() - startedAt);
  const naive = await stack.naive.ask([stack.worker?.process, stack.plain]);
  return { stage, sight, last, detectedMs, naive };
}

/** Waits until every endpoint says the verdict at one and the same moment. */
function seen(stack: Stack, fault: Fault, verdict: Verdict, timeoutMs: number): Promise<Polled> {
  return polled(stack, timeoutMs, (sight) => differences(sight, verdict, fault), 'the verdict');
}

function well(stack: Stack, fault: Fault, timeoutMs: number): Promise<Polled> {
  return polled(stack, timeoutMs, (sight) => troubles(sight, fault), 'a stack that is well');
}

interface Polled {
  readonly sight: Sight;
  readonly last: string;
}

async function polled(
  stack: Stack,
  timeoutMs: number,
  wrong: (sight: Sight) => string[],
  what: string,
): Promise<Polled> {
  let last: string[] = [];
  let before: string[] = [];
  try {
    return await eventually(
      async () => {
        const sight = await look(stack);
        before = last;
        last = wrong(sight);
        return last.length === 0 && { sight, last: `Before that: ${before.join('; ')}` };
      },
      { timeoutMs, intervalMs: POLL_MS, what },
    );
  } catch (error) {
    throw new Error(`${what} was not seen within ${timeoutMs} ms:\n  ${last.join('\n  ')}`, { cause: error });
  }
}

function inTime(what: string, ms: number, limitMs: number, last: string): void {
  if (ms <= limitMs + SLACK_MS) return;
  throw new Error(
    `it was ${what} after ${ms} ms, not within ${limitMs} (and ${SLACK_MS} for a busy machine). ${last}`,
  );
}
