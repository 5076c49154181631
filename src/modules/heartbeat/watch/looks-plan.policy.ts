import type { Status } from '../../health/index.js';
import type { QueueEvidence } from '../assess/evidence.js';

/** A queue that may be looked at. */
export interface Candidate {
  readonly queue: string;
  /** Else it was found, and may wait for its first look. */
  readonly named: boolean;
  /** Monotonic ms of its last look; -Infinity when there was none. */
  readonly readAt: number;
  /** Something moves in it, waits in it, or is wrong with it. */
  readonly moves: boolean;
  /** Commands of its last look. */
  readonly cost: number;
}

/** Commands a second that looks at queues may cost Redis, whatever their number. */
export const COMMANDS_A_SECOND = 140;
/** So few queues are all looked at every time. */
const FEW = 12;
/** One in which nothing moves is looked at every so often, by the number of queues, */
const QUIET_MS_PER_QUEUE = 120;
/** and at least so often, while the commands suffice. */
const QUIET_AT_MOST_MS = 12_000;
const SLACK_MS = 100;
/** Queues that were found are looked at for the first time so many at once. */
const FIRST_AT_ONCE = 50;
const MOVED_LATELY_MS = 10_000;
const REDIS_BACK_LATELY_MS = 30_000;

/**
 * Which queues this look is for: the first, those that nobody has looked at yet, and of the others those that have
 * waited longest for what they need, as far as the commands suffice.
 */
export function dueQueues(all: readonly Candidate[], mono: number, commands: number): readonly string[] {
  const quietMs = quietEveryMs(all.length);
  const first = new Set(
    all.filter(({ named, readAt }) => !named && readAt === -Infinity).slice(0, FIRST_AT_ONCE),
  );
  const due = all
    .map((each, index) => {
      const everyMs = each.moves ? 1000 : Math.max(1000, quietMs);
      const must = index === 0 || (each.named && each.readAt === -Infinity) || first.has(each);
      return { ...each, must, waited: must ? Infinity : (mono - each.readAt) / everyMs, index };
    })
    .filter(
      (each) =>
        each.must || (each.readAt > -Infinity && (each.moves || mono - each.readAt >= quietMs - SLACK_MS)),
    )
    .sort((a, b) => (a.waited === b.waited ? a.index - b.index : b.waited - a.waited));
  let left = commands;
  return due.flatMap(({ queue, must, cost }) => {
    if (!must && cost > left) return [];
    left -= cost;
    return [queue];
  });
}

/** Whether queues are so many that what is still in one of them is looked at less often. */
export function areMany(queues: number): boolean {
  return queues > FEW;
}

function quietEveryMs(queues: number): number {
  return !areMany(queues) ? 0 : Math.min(QUIET_AT_MOST_MS, queues * QUIET_MS_PER_QUEUE);
}

/** What is left to spend: it comes back with time, and none is saved up. */
export function commandsLeft(before: number, elapsedMs: number): number {
  return Math.min(COMMANDS_A_SECOND, before + (elapsedMs / 1000) * COMMANDS_A_SECOND);
}

/** What was made of a queue at its last look. */
export interface Made {
  /** Null before it was judged. */
  readonly status: Status | null;
  /** A canary is under way in it. */
  readonly awaited: boolean;
}

/** Whether a queue is worth a closer look. */
export function moves(
  { slow, now, traces, redisBackAt, workers }: QueueEvidence,
  { status, awaited }: Made,
): boolean {
  if (slow === null || status !== 'pass' || awaited) return true;
  if (redisBackAt !== null && now - redisBackAt < REDIS_BACK_LATELY_MS) return true;
  const { waiting, prioritized, active } = slow.counts;
  if (waiting + prioritized + active > 0 || slow.overdueSince !== null) return true;
  if (traces.movedAt !== null && now - traces.movedAt < MOVED_LATELY_MS) return true;
  return workers.some((each) => each.goneSince !== null && each.heartbeat.state !== 'stopped');
}

const A_LOOK = 9;
/** Jobs that wait or run are looked at one by one. */
const JOBS = 6;

/** What a look at it costs Redis, about. */
export function costOf({ slow, workers }: QueueEvidence): number {
  const { waiting = 0, prioritized = 0, active = 0 } = slow?.counts ?? {};
  return A_LOOK + workers.length + (waiting + prioritized > 0 ? JOBS : 0) + (active > 0 ? JOBS : 0);
}
