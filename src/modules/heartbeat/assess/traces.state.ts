import type { SlowReading } from '../read/reading.js';

/** What BullMQ's own traces tell of those who consume a queue. Times are epoch ms by the clock of Redis. */
export interface Traces {
  /** When workers were last seen to be connected, by the names of their connections; null when never. */
  readonly connectedAt: number | null;
  /** Since when the list of connections tells of none, although there had been some; null when that is not so. */
  readonly absentSince: number | null;
  /** When a job was last seen to be taken or to end; null when never. */
  readonly movedAt: number | null;
  /** When BullMQ's stalled-check was last seen to be renewed; null when never. */
  readonly renewedAt: number | null;
  /** For how long it was renewed then, which is about how often it is; null when it never was. */
  readonly renewedForMs: number | null;
}

export const NO_TRACES: Traces = {
  connectedAt: null,
  absentSince: null,
  movedAt: null,
  renewedAt: null,
  renewedForMs: null,
};

/** `was`: the look before; null when there is none that this one may be compared with. */
export function tracesAfter(known: Traces, was: SlowReading | null, is: SlowReading, now: number): Traces {
  const before = until(now, known);
  const renewedForMs = renewed(was, is);
  return {
    ...presenceAfter(before, is.connectedWorkers, now),
    movedAt: moved(was, is) ? now : before.movedAt,
    renewedAt: renewedForMs === null ? before.renewedAt : now,
    renewedForMs: renewedForMs ?? before.renewedForMs,
  };
}

/** Of all traces the last one; null when there never was any. */
export function lastTraceAt({ connectedAt, movedAt, renewedAt }: Traces): number | null {
  const all = [connectedAt, movedAt, renewedAt].filter((at): at is number => at !== null);
  return all.length === 0 ? null : Math.max(...all);
}

/** The clock of Redis may go back after a failover: nothing was seen in a time to come. */
function until(now: number, { renewedForMs, ...times }: Traces): Traces {
  const earlier = (at: number | null) => (at === null ? null : Math.min(at, now));
  return {
    connectedAt: earlier(times.connectedAt),
    absentSince: earlier(times.absentSince),
    movedAt: earlier(times.movedAt),
    renewedAt: earlier(times.renewedAt),
    renewedForMs,
  };
}

function presenceAfter(
  before: Traces,
  connected: number | null,
  now: number,
): Pick<Traces, 'connectedAt' | 'absentSince'> {
  const { connectedAt } = before;
  // A list that is withheld tells neither of presence nor of absence.
  if (connected === null) return { connectedAt, absentSince: null };
  if (connected > 0) return { connectedAt: now, absentSince: null };
  return { connectedAt, absentSince: connectedAt === null ? null : (before.absentSince ?? now) };
}

/** Only workers take jobs, and end them. */
function moved(was: SlowReading | null, is: SlowReading): boolean {
  if (was === null) return false;
  if (is.counts.completed > was.counts.completed || is.counts.failed > was.counts.failed) return true;
  const [before, after] = [new Set(was.activeIds), new Set(is.activeIds)];
  return was.activeIds.some((id) => !after.has(id)) || is.activeIds.some((id) => !before.has(id));
}

/** The time that is left, when it has grown: that it does only when a worker writes the key anew. */
function renewed(was: SlowReading | null, is: SlowReading): number | null {
  const left = is.stalledCheckLeftMs;
  return was !== null && left !== null && left > (was.stalledCheckLeftMs ?? 0) ? left : null;
}
