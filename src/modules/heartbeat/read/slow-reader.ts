import {
  bullKey,
  LONGEST_ID,
  rateLimitLeft,
  rateMaxOf,
  readable,
  type QueueScope,
} from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { pipelined } from '../../redis/index.js';
import type { Heartbeat } from '../heartbeat.js';
import type { Round } from './round.js';
import { eventsInstead, membersOf, scoresOf } from './finishes.js';
import { OrphanedParentsReader } from './orphaned-parents.js';
import { deadSchedulers, endedAmong, stalledOut, unlockedRuns } from './job-looks.js';
import type { OldestJobs } from './oldest.js';
import { oldestJobs } from './oldest-jobs.js';
import type { Asked, JobCounts, Lock, SlowReading } from './reading.js';
import { isJob, waitingJobs, type WaitingJobs } from './waiting-lists.js';

const FLOW_EVERY_MS = 2000;
const STOCK_EVERY_MS = 5000;
const QUIET_STOCK_EVERY_MS = 30_000;
const SLACK_MS = 100;
const LISTED = 100;
/** Locks looked at in one go. */
const LOCKS = 20;
const GOLDEN = 0.618;
const FINISHES = 10;
const SCHEDULERS = 50;
/** BullMQ's scores of delayed jobs are times multiplied by this. */
const SCORE_UNIT = 4096;

type StockOnly = 'finishes' | 'orphanedParents' | 'stalledOut' | 'deadSchedulers';
type Flow = Omit<SlowReading, 'counts' | 'connectedWorkers' | StockOnly> & {
  readonly counts: Omit<JobCounts, 'failed' | 'completed'>;
};
type Stock = Pick<SlowReading, StockOnly> & Pick<JobCounts, 'failed' | 'completed'>;

interface Look extends Round, Asked {
  readonly heartbeats: readonly Heartbeat[];
}

/** Depths, heads, locks: each at a cadence of its own, to keep what the checks cost Redis small. */
export class SlowReader {
  private flow: Flow | undefined;
  private flowAt = -Infinity;
  private stock: Stock | undefined;
  private stockAt = -Infinity;
  /** Active jobs of the last look, with the tokens of their locks as far as they were looked at. */
  private seen: ReadonlyMap<string, string | null> = new Map();

  private places = 0;
  private readonly parents: OrphanedParentsReader;

  constructor(private readonly scope: QueueScope) {
    this.parents = new OrphanedParentsReader(scope);
  }

  /** What it asks, it asks at once: of a slow Redis every answer that has to be waited for takes its time. */
  async read(redis: Redis, look: Look): Promise<SlowReading> {
    const due = (at: number, every: number) => look.mono - at >= every - SLACK_MS;
    const stockEveryMs = look.quiet ? QUIET_STOCK_EVERY_MS : STOCK_EVERY_MS;
    const dueStock = this.stock === undefined || due(this.stockAt, stockEveryMs);
    const dueFlow = this.flow === undefined || due(this.flowAt, FLOW_EVERY_MS);
    const [newStock, newFlow] = await Promise.all([
      dueStock ? this.readStock(redis, look.now) : undefined,
      dueFlow ? this.readFlow(redis, look) : undefined,
    ]);
    if (dueStock) this.stockAt = look.mono;
    if (dueFlow) this.flowAt = look.mono;
    this.stock = newStock ?? this.stock;
    this.flow = newFlow ?? this.flow;
    if (this.stock === undefined || this.flow === undefined) throw new Error('the first look reads all');
    const { failed, completed, ...stock } = this.stock;
    return {
      ...this.flow,
      ...stock,
      counts: { ...this.flow.counts, failed, completed },
      connectedWorkers: look.connected === null ? null : (look.connected.get(this.scope.queue) ?? 0),
    };
  }

  private key(name: string): string {
    return bullKey(this.scope, name);
  }

  private async readFlow(redis: Redis, look: Look): Promise<Flow> {
    const [wait, prioritized, delayed, firstActive, meta, stalledCheck] = (await pipelined(
      redis,
      (pipeline) =>
        pipeline
          .llen(this.key('wait'))
          .zcard(this.key('prioritized'))
          .zcard(this.key('delayed'))
          .lrange(this.key('active'), 0, LISTED - 1)
          .hmget(this.key('meta'), 'paused', 'concurrency', 'max')
          .pttl(this.key('stalled-check')),
    )) as [number, number, number, string[], (string | null)[], number];
    const [paused, concurrency, max] = meta;
    const activeIds = firstActive.filter(isJob);
    const rateMax = rateMaxOf(
      max == null ? null : Number(max),
      look.heartbeats.map((each) => each.limiterMax),
    );
    // An empty queue has no heads: most of the time nothing more is asked.
    const [plain, firstPrioritized, firstDelayed, [used, leftMs], active] = await Promise.all([
      waitingJobs(redis, this.scope, { waiting: wait, paused: paused === '1' }),
      prioritized === 0 ? [] : redis.zrange(this.key('prioritized'), '0', '0'),
      delayed === 0 ? [] : redis.zrange(this.key('delayed'), '0', '0', 'WITHSCORES'),
      wait + prioritized === 0 ? [] : this.rateWindow(redis),
      firstActive.length < LISTED ? activeIds.length : redis.llen(this.key('active')),
    ]);
    const dueAt = firstDelayed[1] === undefined ? null : Math.floor(Number(firstDelayed[1]) / SCORE_UNIT);
    const [locks, waiting, unlocked, suspects] = await Promise.all([
      this.readLocks(redis, activeIds, look),
      this.readWaiting(redis, plain, prioritized, look),
      unlockedRuns(redis, this.scope, look),
      endedAmong(redis, this.scope, look.suspects),
    ]);
    return {
      counts: { waiting: plain.count, prioritized, delayed, active, paused: paused === '1' },
      heads: [plain.head, firstPrioritized[0]].filter((id): id is string => typeof id === 'string'),
      overdueSince: dueAt !== null && dueAt < look.now ? dueAt : null,
      concurrencyLimit: concurrency == null ? null : Number(concurrency),
      // Workers without heartbeats tell of no limit: an open window is one that may be reached.
      rateLimitLeftMs: rateLimitLeft({
        max: rateMax ?? (look.heartbeats.length === 0 ? 0 : null),
        used: Number(used ?? 0),
        leftMs: Number(leftMs ?? 0),
      }),
      activeIds,
      stalledCheckLeftMs: stalledCheck < 0 ? null : stalledCheck,
      locks,
      waiting,
      unlocked,
      ...suspects,
    };
  }

  private async readWaiting(
    redis: Redis,
    { lists, count }: WaitingJobs,
    prioritized: number,
    look: Look,
  ): Promise<OldestJobs> {
    if (count + prioritized === 0) return { ids: [], sample: false };
    // Another place each time, spread evenly over the list.
    this.places = (this.places + GOLDEN) % 1;
    return await oldestJobs(redis, this.scope, lists, { before: look.waited, place: this.places });
  }

  private async rateWindow(redis: Redis): Promise<unknown[]> {
    return await pipelined(redis, (pipeline) => pipeline.get(this.key('limiter')).pttl(this.key('limiter')));
  }

  /** A holder that beats on time renews its locks; only the locks of others are worth a question. */
  private async readLocks(redis: Redis, activeIds: readonly string[], look: Look): Promise<Lock[]> {
    const vouched = new Set(
      look.heartbeats
        .filter((each) => look.now - each.at <= 1.5 * each.intervalMs)
        .flatMap((each) => each.active.map((job) => job.id)),
    );
    const before = this.seen;
    const doubtful = activeIds
      .filter((id) => !vouched.has(readable(id, LONGEST_ID)) && before.has(id))
      .slice(0, LOCKS);
    const replies =
      doubtful.length === 0
        ? []
        : await pipelined(redis, (pipeline) => {
            for (const id of doubtful) pipeline.get(this.key(`${id}:lock`)).pttl(this.key(`${id}:lock`));
          });
    const locks = doubtful.map((jobId, index) => ({
      jobId,
      token: (replies[2 * index] as string | null) ?? before.get(jobId) ?? null,
      leftMs: Math.max(0, Number(replies[2 * index + 1])),
    }));
    const tokens = new Map(locks.map((lock) => [lock.jobId, lock.token]));
    this.seen = new Map(activeIds.map((id) => [id, tokens.get(id) ?? before.get(id) ?? null]));
    return locks;
  }

  private async readStock(redis: Redis, now: number): Promise<Stock> {
    const [[failed, completed, failures, successes, past], parents] = await Promise.all([
      pipelined(redis, (pipeline) =>
        pipeline
          .zcard(this.key('failed'))
          .zcard(this.key('completed'))
          .zrevrange(this.key('failed'), 0, FINISHES - 1, 'WITHSCORES')
          .zrevrange(this.key('completed'), 0, FINISHES - 1, 'WITHSCORES')
          .zrangebyscore(this.key('repeat'), '-inf', now, 'WITHSCORES', 'LIMIT', 0, SCHEDULERS),
      ) as Promise<[number, number, string[], string[], string[]]>,
      this.parents.read(redis),
    ]);
    const [stalled, dead, events] = await Promise.all([
      stalledOut(redis, this.scope, membersOf(failures)),
      deadSchedulers(redis, this.scope, past, now),
      completed === 0 && failed > 0 ? eventsInstead(redis, this.scope) : null,
    ]);
    return {
      failed,
      completed,
      finishes: { failed: scoresOf(failures), completed: scoresOf(successes), events },
      stalledOut: stalled,
      deadSchedulers: dead,
      orphanedParents: parents,
    };
  }
}
