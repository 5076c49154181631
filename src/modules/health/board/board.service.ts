import { Logger } from '@nestjs/common';
import {
  Listeners,
  messageOf,
  moment,
  type Moment,
  monotonic,
  type Redact,
  shown,
  withDeadline,
  withOwnTime,
} from '../../kernel/index.js';
import { readOutcome } from '../terminus.bridge.js';
import {
  missingFrom,
  record,
  unanswered,
  withCauses,
  type CheckRecord,
  type Transition,
} from './board.state.js';
import type { Answer, Check, Counts } from './check.js';
import { plainData } from './plain-data.js';
import type { Snapshot } from './snapshot.js';

const FRESH_BUDGET_MS = 1800;
const FRESH_FLOOR_MS = 200;
const STAGGER_MS = 25;
/** What is asked of somebody silent keeps no process from ending. */
const STOP_WITHIN_MS = 200;

interface Entry {
  readonly check: Check;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
  /** Settles once the run has its answer, which its deadline sees to. */
  inFlight: Promise<void> | undefined;
  /** The last run overran its deadline and has not ended; who knows whether it ever does. */
  stuck: boolean;
  again: boolean;
}

/** Runs the checks in the background and remembers the answers. Readers never wait and never touch a dependency. */
export class Board {
  private readonly entries = new Map<string, Entry>();
  private readonly records = new Map<string, CheckRecord>();
  private readonly changes = new Listeners<[Snapshot]>((error) => this.tellDefect(error));
  private readonly transitions = new Listeners<[Transition]>((error) => this.tellDefect(error));
  private readonly logger = new Logger('Board');
  private current: Snapshot = { version: 0, checks: [] };
  private running = false;
  private freshRun: Promise<Snapshot> | undefined;

  constructor(private readonly redact: Redact = (text) => text) {}

  /** Puts a check on the board. Two checks of one key are a defect of the program and end its start. */
  add(check: Check): void {
    this.claim(check);
    const entry: Entry = {
      check,
      startedAt: -Infinity,
      timer: undefined,
      inFlight: undefined,
      stuck: false,
      again: false,
    };
    this.entries.set(check.key, entry);
    if (this.running) this.schedule(entry, 0);
  }

  /** Puts an answer on the board that nobody polls: its owner pushes every change, and it never expires. */
  addPushed(key: string, counts: Counts, first: Answer): void {
    this.claim({ key, counts });
    this.push(key, first);
  }

  push(key: string, answer: Answer): void {
    this.store(key, answer, { latencyMs: 0, validUntil: Infinity, recoverAfter: 1 });
  }

  /**
   * Starts the checks one after the other, so that they do not all knock at once. Throws where one depends on a check
   * that is not here, or one of `needed` is not: by now every module has had its turn.
   */
  start(needed: readonly string[] = []): void {
    if (this.running) return;
    const missing = missingFrom([...this.records.values()], needed);
    if (missing !== null) throw new Error(missing);
    this.running = true;
    let index = 0;
    for (const entry of this.entries.values()) this.schedule(entry, STAGGER_MS * index++);
  }

  /** Stops asking. What was answered stays readable until it expires. */
  async stop(): Promise<void> {
    this.running = false;
    for (const entry of this.entries.values()) clearTimeout(entry.timer);
    const underWay = [...this.entries.values()].flatMap((entry) => entry.inFlight ?? []);
    await withDeadline(STOP_WITHIN_MS, () => Promise.all(underWay));
  }

  /** An event beats a poll: runs the check now, or once more right after the run that is under way. */
  poke(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined || !this.running) return;
    if (entry.inFlight !== undefined || entry.stuck) entry.again = true;
    else void this.run(entry);
  }

  snapshot(): Snapshot {
    return this.current;
  }

  /**
   * Runs the checks now, once for all who ask at the same time, and answers within 1.8 s. A check that has
   * not finished by then is `check.pending` in this answer; the board keeps what it knew.
   */
  async fresh(): Promise<Snapshot> {
    this.freshRun ??= this.runFresh().finally(() => {
      this.freshRun = undefined;
    });
    return await this.freshRun;
  }

  onChange(listener: (snapshot: Snapshot) => void): () => void {
    return this.changes.add(listener);
  }

  onTransition(listener: (transition: Transition) => void): () => void {
    return this.transitions.add(listener);
  }

  private claim(check: Pick<Check, 'key' | 'counts' | 'dependsOn'>): void {
    if (this.records.has(check.key)) throw new Error(`the board has two checks named ${check.key}`);
    this.records.set(check.key, unanswered(check, Infinity, moment()));
    this.publish();
  }

  private schedule(entry: Entry, delayMs: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.run(entry), delayMs);
    entry.timer.unref();
  }

  private run(entry: Entry): Promise<void> {
    entry.inFlight ??= this.runOnce(entry).finally(() => {
      entry.inFlight = undefined;
      this.scheduleNext(entry);
    });
    return entry.inFlight;
  }

  private scheduleNext(entry: Entry): void {
    if (!this.running || entry.stuck || entry.inFlight !== undefined) return;
    const next = entry.again ? 0 : entry.startedAt + entry.check.cadenceMs - monotonic();
    entry.again = false;
    this.schedule(entry, Math.max(0, next));
  }

  private async runOnce(entry: Entry): Promise<void> {
    const { check } = entry;
    clearTimeout(entry.timer);
    entry.startedAt = monotonic();
    let work: PromiseLike<unknown> = Promise.resolve();
    const outcome = await withOwnTime(check.deadlineMs, (signal) => (work = check.run({ signal })));
    const timedOut = outcome.kind === 'timed-out';
    const endedAt = monotonic();
    this.store(check.key, readOutcome(check, outcome), {
      latencyMs: endedAt - entry.startedAt,
      // From its end: an answer that took long is no older than one that came at once.
      validUntil: timedOut ? Infinity : endedAt + 2 * check.cadenceMs + check.deadlineMs,
      recoverAfter: check.recoverAfter ?? 1,
    });
    if (!timedOut) return;
    // A run that overran its deadline and ignores its signal stays timed out: no second run is put beside it.
    entry.stuck = true;
    void settled(work).then(() => {
      entry.stuck = false;
      this.scheduleNext(entry);
    });
  }

  private store(
    key: string,
    answer: Answer,
    run: { latencyMs: number; validUntil: number; recoverAfter: number },
  ): void {
    const before = this.records.get(key);
    if (before === undefined) throw new Error(`the board has no check named ${key}`);
    const at = moment();
    const clean = {
      ...answer,
      message: this.clean(answer.message),
      details: plainData(answer.details, (text) => this.clean(text)),
    };
    const { record: after, transition } = record(before, { ...run, answer: clean }, at);
    this.records.set(key, after);
    this.publish();
    if (transition !== null) this.transitions.tell(transition);
  }

  /** What checks say holds names from outside: no secret, and no control character, gets past here. */
  private clean(text: string): string {
    return shown(this.redact(text));
  }

  /** Whoever listens wrongly ends neither a check nor the process. */
  private tellDefect(error: unknown): void {
    this.logger.error(`a listener of the board has failed: ${this.clean(messageOf(error))}`);
  }

  private publish(): void {
    this.current = { version: this.current.version + 1, checks: withCauses([...this.records.values()]) };
    this.changes.tell(this.current);
  }

  private async runFresh(): Promise<Snapshot> {
    const unfinished = new Set<string>();
    const runs = [...this.entries.values()]
      .filter((entry) => !entry.stuck && (entry.inFlight !== undefined || !isYoung(entry)))
      .map(async (entry) => {
        unfinished.add(entry.check.key);
        await this.run(entry);
        unfinished.delete(entry.check.key);
      });
    await withDeadline(FRESH_BUDGET_MS, () => Promise.all(runs));
    return unfinished.size === 0 ? this.current : pendingIn(this.current, unfinished, moment());
  }
}

/** Whether the last answer is one that `?fresh` may still take. */
function isYoung({ check, startedAt }: Entry): boolean {
  return monotonic() - startedAt < (check.freshFloorMs ?? FRESH_FLOOR_MS);
}

function pendingIn(snapshot: Snapshot, keys: ReadonlySet<string>, at: Moment): Snapshot {
  const checks = snapshot.checks.map((each) => (keys.has(each.key) ? unanswered(each, Infinity, at) : each));
  return { version: snapshot.version, checks: withCauses(checks) };
}

async function settled(work: PromiseLike<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // It was counted as a timeout already.
  }
}
