import type { Heartbeat } from '../heartbeat.js';
import type { QueueReading } from '../read/reading.js';

/** A job that runs twice at once, or whose lock its living holder has lost, so that it will. */
export interface Doubled {
  readonly jobId: string;
  /** Lives of workers that held it. */
  readonly holders: readonly string[];
  readonly at: number;
}

export interface DoubledState {
  readonly jobs: ReadonlyMap<string, Doubled>;
  /** Locks that were missing, until a later heartbeat says that the job goes on nevertheless. */
  readonly missing: ReadonlyMap<string, { readonly incarnation: string; readonly at: number }>;
}

export const NONE_DOUBLED: DoubledState = { jobs: new Map(), missing: new Map() };

const KEPT_MS = 600_000;
const KEPT = 100;
/** Ages in heartbeats are as exact as the way to Redis is short. */
const MARGIN_MS = 250;
/** Heartbeats older than this many intervals do not tell what runs now. */
const FRESH_INTERVALS = 1.5;

interface Run {
  readonly jobId: string;
  readonly incarnation: string;
  readonly startedAt: number;
  readonly toldAt: number;
}

/** `alive`: lives that go on. What a worker has done that was replaced meanwhile is over. */
export function doubledAfter(
  before: DoubledState,
  { now, heartbeats, slow }: Pick<QueueReading, 'now' | 'heartbeats' | 'slow'>,
  alive: ReadonlySet<string>,
): DoubledState {
  const runs = heartbeats.filter((each) => isFresh(each, now)).flatMap(runsOf);
  const jobs = new Map(
    [...before.jobs].filter(
      ([, each]) => now - each.at <= KEPT_MS && each.holders.some((holder) => alive.has(holder)),
    ),
  );
  const note = (jobId: string, holders: readonly string[]) => {
    const all = new Set([...(jobs.get(jobId)?.holders ?? []), ...holders]);
    jobs.set(jobId, { jobId, holders: [...all], at: now });
  };
  for (const [jobId, same] of byJob(runs)) {
    if (overlap(same))
      note(
        jobId,
        same.map(({ incarnation }) => incarnation),
      );
  }
  const missing = new Map(
    slow.unlocked.map(({ jobId, incarnation }) => {
      const known = before.missing.get(jobId);
      return [jobId, known?.incarnation === incarnation ? known : { incarnation, at: now }] as const;
    }),
  );
  for (const [jobId, { incarnation, at }] of missing) {
    const goesOn = runs.some(
      (run) =>
        run.jobId === jobId &&
        run.incarnation === incarnation &&
        run.toldAt > at + MARGIN_MS &&
        run.startedAt < at,
    );
    if (goesOn) note(jobId, [incarnation]);
  }
  return { jobs: new Map([...jobs].slice(-KEPT)), missing };
}

function isFresh({ at, intervalMs, state }: Heartbeat, now: number): boolean {
  return state !== 'stopped' && now - at <= FRESH_INTERVALS * intervalMs;
}

function runsOf({ active, incarnation, at }: Heartbeat): readonly Run[] {
  return active.map(({ id, startedAt }) => ({ jobId: id, incarnation, startedAt, toldAt: at }));
}

function byJob(runs: readonly Run[]): ReadonlyMap<string, readonly Run[]> {
  const found = new Map<string, Run[]>();
  for (const run of runs) found.set(run.jobId, [...(found.get(run.jobId) ?? []), run]);
  return found;
}

/** A job that was handed on ended in one place before it began in the other; two of one heartbeat run at once. */
function overlap(runs: readonly Run[]): boolean {
  return runs.some((a, index) =>
    runs
      .slice(index + 1)
      .some((b) => a.toldAt > b.startedAt + MARGIN_MS && b.toldAt > a.startedAt + MARGIN_MS),
  );
}
