import type { Finishes, SlowReading } from '../read/reading.js';

/** How the last jobs of a queue ended, as far as the queue itself tells. */
export interface Outcomes {
  /** Jobs that ended within ten minutes and of which it is known how: twenty at most. */
  readonly finished: number;
  readonly failed: number;
  readonly failuresInARow: number;
  readonly successesInARow: number;
  /** When the last of them ended, by the clock of its worker; null when none did. */
  readonly lastAt: number | null;
  /**
   * What tells: the jobs that are kept, or BullMQ's events; `failed` when only failed jobs are seen, beside which any
   * number may have succeeded.
   */
  readonly by: 'jobs' | 'events' | 'failed';
  /** Jobs that were seen to fail since one was last seen to be completed, or since it is watched. */
  readonly failedWatched: number;
}

export const NO_OUTCOMES: Outcomes = {
  finished: 0,
  failed: 0,
  failuresInARow: 0,
  successesInARow: 0,
  lastAt: null,
  by: 'jobs',
  failedWatched: 0,
};

/** What ended earlier says nothing of now; a heartbeat counts the same. */
const LATELY_MS = 600_000;
/** So many of each kind are read: of a list that is as long, what came before is not known. */
const LISTED = 10;

interface Finish {
  readonly at: number;
  readonly well: boolean;
}

/** `was`: the look before; null when there is none that this one may be compared with. */
export function outcomesAfter(
  known: Outcomes,
  was: SlowReading | null,
  is: SlowReading,
  now: number,
): Outcomes {
  const { by, finishes } = latest(is.finishes);
  const lately = finishes.filter(({ at }) => now - at <= LATELY_MS);
  return {
    finished: lately.length,
    failed: lately.filter(({ well }) => !well).length,
    failuresInARow: inARow(lately, false),
    successesInARow: inARow(lately, true),
    lastAt: lately[0]?.at ?? null,
    by,
    failedWatched: failedWatched(known, was, is),
  };
}

function latest({ failed, completed, events }: Finishes): Pick<Outcomes, 'by'> & { finishes: Finish[] } {
  const kept = merged(failed, completed);
  if (completed.length > 0 || failed.length === 0) return { by: 'jobs', finishes: kept };
  if (events !== null && events.length > 0) return { by: 'events', finishes: [...events] };
  return { by: 'failed', finishes: kept };
}

/** The newest first, as far back as both lists reach. */
function merged(failed: readonly number[], completed: readonly number[]): Finish[] {
  const from = Math.max(reachOf(failed), reachOf(completed));
  return [...failed.map((at) => ({ at, well: false })), ...completed.map((at) => ({ at, well: true }))]
    .filter(({ at }) => at >= from)
    .sort((a, b) => b.at - a.at);
}

const reachOf = (times: readonly number[]) =>
  times.length < LISTED ? -Infinity : (times[LISTED - 1] ?? -Infinity);

function inARow(finishes: readonly Finish[], well: boolean): number {
  const other = finishes.findIndex((each) => each.well !== well);
  return other === -1 ? finishes.length : other;
}

function failedWatched(
  { failedWatched: before }: Outcomes,
  was: SlowReading | null,
  is: SlowReading,
): number {
  if (was === null) return before;
  const completedSince =
    is.counts.completed > was.counts.completed ||
    (is.finishes.completed[0] ?? 0) > (was.finishes.completed[0] ?? 0);
  return completedSince ? 0 : before + Math.max(0, is.counts.failed - was.counts.failed);
}
