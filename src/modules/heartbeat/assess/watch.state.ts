import { DRAINED, nextOutlook, startOutlook, type Series, type Watching } from '../../forecast/index.js';
import type { Heartbeat } from '../heartbeat.js';
import { rebased } from './rebase.policy.js';
import type { QueueReading, SlowReading } from '../read/reading.js';
import { deathsAfter } from './deaths.state.js';
import { doubledAfter, NONE_DOUBLED } from './doubled.state.js';
import { NO_OUTCOMES, outcomesAfter } from './finishes.state.js';
import { NO_TRACES, tracesAfter } from './traces.state.js';
import { FORGET_MS, RESUBSCRIBE_MS, type KnownWorker, type QueueEvidence } from './evidence.js';

/** What happens to the watch over one queue. */
export type WatchEvent =
  | { readonly kind: 'reading'; readonly reading: QueueReading; readonly reconnected: boolean }
  /** Workers that another process or an earlier life of this one saw. */
  | { readonly kind: 'remembered'; readonly heartbeats: readonly Heartbeat[] };

export interface WatchOptions {
  /** More jobs than that are too many to wait. */
  readonly tooMany?: number;
  readonly watching?: Watching | undefined;
}

export interface Watch {
  readonly tooMany: number;
  readonly evidence: QueueEvidence;
  readonly head: string | null;
}

const GROWTH_MS = 60_000;
const GROWTH_WITHIN_MS = 5000;
/** One id shows one of its two lives at a time: for so many intervals the other one is believed to go on. */
const DOUBLE_INTERVALS = 4;
const DOUBLE_AT_LEAST_MS = 10_000;
const KEPT = 500;
const WAITING_KEPT = 40;

export function startWatch(queue: string, { tooMany = Infinity, watching }: WatchOptions = {}): Watch {
  return {
    evidence: {
      queue,
      now: 0,
      workers: [],
      unread: { ids: 0, unreadable: [] },
      slow: null,
      headSince: null,
      waitingSeen: new Map(),
      waitingSince: null,
      waitingBefore: null,
      backlog: startOutlook(watching),
      activeSince: new Map(),
      redisBackAt: null,
      traces: NO_TRACES,
      outcomes: NO_OUTCOMES,
      deaths: [],
      doubled: NONE_DOUBLED,
    },
    head: null,
    tooMany,
  };
}

export function watch(before: Watch, event: WatchEvent): Watch {
  switch (event.kind) {
    case 'reading':
      return afterReading(before, event.reading, event.reconnected);
    case 'remembered':
      return {
        ...before,
        evidence: {
          ...before.evidence,
          workers: event.heartbeats.reduce(
            (workers, heartbeat) => withHeartbeat(workers, heartbeat),
            before.evidence.workers,
          ),
        },
      };
  }
}

function afterReading(before: Watch, reading: QueueReading, reconnected: boolean): Watch {
  const { now, slow } = reading;
  const old = before.evidence;
  const redisBackAt = reconnected ? now : old.redisBackAt;
  const head = slow.heads.join(' ') || null;
  const depth = slow.counts.waiting + slow.counts.prioritized;
  const warnOf = { value: before.tooMany, when: 'at_least' } as const;
  const backlog = nextOutlook(old.backlog, { at: now, value: depth }, { target: DRAINED, warnOf });
  const seen = reading.heartbeats.reduce((all, heartbeat) => withHeartbeat(all, heartbeat), old.workers);
  const workers = forgotten(
    seen.map((worker) =>
      withPresence({ ...worker, heartbeat: rebased(worker.heartbeat, now) }, reading, redisBackAt),
    ),
    now,
  );
  const alive = workers.filter((each) => each.goneSince === null && each.heartbeat.state !== 'stopped');
  const aliveLives = new Set(alive.map((each) => each.heartbeat.incarnation));
  return {
    ...before,
    head,
    evidence: {
      queue: old.queue,
      now,
      workers,
      deaths: deathsAfter(old.deaths, old.workers, workers, reading),
      doubled: doubledAfter(old.doubled, reading, aliveLives),
      unread: reading.unread,
      slow,
      headSince: head === null ? null : head === before.head ? (old.headSince ?? now) : now,
      waitingSeen: seenWaiting(old.waitingSeen, slow.waiting.ids, now),
      waitingSince: runnable(slow) ? (old.waitingSince ?? now) : null,
      waitingBefore: aMinuteAgo(backlog.series, now),
      backlog,
      activeSince: new Map(slow.activeIds.map((id) => [id, old.activeSince.get(id) ?? now])),
      redisBackAt,
      // What was lost while Redis was away did not move.
      traces: tracesAfter(old.traces, reconnected ? null : old.slow, slow, now),
      outcomes: outcomesAfter(old.outcomes, reconnected ? null : old.slow, slow, now),
    },
  };
}

/** One depth every five seconds is kept. */
function aMinuteAgo({ samples }: Series, now: number): number | null {
  const first = samples.find(({ at }) => now - at <= GROWTH_MS + GROWTH_WITHIN_MS);
  return first !== undefined && now - first.at >= GROWTH_MS - GROWTH_WITHIN_MS ? first.value : null;
}

/** The oldest are kept, and the newest: those will be the oldest, if they starve. */
function seenWaiting(
  before: ReadonlyMap<string, number>,
  ids: readonly string[],
  now: number,
): ReadonlyMap<string, number> {
  const all = ids.map((id) => [id, before.get(id) ?? now] as const).sort(([, a], [, b]) => a - b);
  return new Map(
    all.length <= WAITING_KEPT ? all : [...all.slice(0, WAITING_KEPT / 2), ...all.slice(-WAITING_KEPT / 2)],
  );
}

function runnable(slow: SlowReading): boolean {
  return slow.heads.length > 0 || slow.overdueSince !== null;
}

function withHeartbeat(workers: readonly KnownWorker[], heartbeat: Heartbeat): readonly KnownWorker[] {
  const known = workers.find((each) => each.heartbeat.id === heartbeat.id);
  if (known === undefined) return [...workers, { heartbeat, goneSince: null, doubleAt: null }];
  const { at, incarnation, startedAt, sequence } = known.heartbeat;
  const other = heartbeat.incarnation !== incarnation;
  // Within one life the sequence tells what is newer: the server's clock may jump after a failover.
  if (heartbeat.at <= at && (other || heartbeat.sequence <= sequence)) return workers;
  // An earlier life that still beats after a later one began: both live.
  const double = other && heartbeat.startedAt < startedAt && at - heartbeat.startedAt > 0;
  const updated: KnownWorker = {
    heartbeat,
    // Where nobody subscribes, the channel of before tells nothing, and this heartbeat that it lives.
    goneSince: other || !heartbeat.watched ? null : known.goneSince,
    doubleAt: double ? heartbeat.at : known.doubleAt,
  };
  return workers.map((each) => (each === known ? updated : each));
}

function withPresence(worker: KnownWorker, reading: QueueReading, redisBackAt: number | null): KnownWorker {
  const { incarnation, intervalMs } = worker.heartbeat;
  const doubleForMs = Math.max(DOUBLE_AT_LEAST_MS, DOUBLE_INTERVALS * intervalMs);
  const doubleAt =
    worker.doubleAt !== null && reading.now - worker.doubleAt <= doubleForMs ? worker.doubleAt : null;
  if (reading.present.has(incarnation)) return { ...worker, goneSince: null, doubleAt };
  const settled = redisBackAt === null || reading.now - redisBackAt >= RESUBSCRIBE_MS;
  if (!reading.absent.has(incarnation) || !settled) return { ...worker, doubleAt };
  return { ...worker, goneSince: worker.goneSince ?? reading.now, doubleAt };
}

/** The last one is never forgotten: a queue that had a worker does not say that it never had one. */
function forgotten(workers: readonly KnownWorker[], now: number): readonly KnownWorker[] {
  const byAge = [...workers].sort((a, b) => b.heartbeat.at - a.heartbeat.at);
  return byAge.filter((each, index) => index === 0 || now - each.heartbeat.at <= FORGET_MS).slice(0, KEPT);
}
