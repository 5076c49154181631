import type { Redis } from 'ioredis';
import { DRAINED, nextOutlook, startOutlook, type Outlook } from '../../modules/forecast/index.js';
import {
  depthOf,
  startWatch,
  watch,
  type FailedJob,
  type SlowReading,
  type Watch,
} from '../../modules/heartbeat/judge.js';
import {
  addedAt,
  isWatched,
  lastFailedJob,
  QueueReader,
  type Round,
} from '../../modules/heartbeat/observe.js';
import { messageOf } from '../../modules/kernel/index.js';
import { redisFailure } from '../../modules/redis/index.js';
import { doneBetween } from './done.policy.js';
import type { QueueFacts } from './facts.js';
import type { QueueName } from './find-queues.js';
import { watchingFor } from './watched-redis.js';

/** Later than any question is due. */
const ALL_IS_DUE_MS = 60_000;

/** One queue, read as the service reads it. */
export class WatchedQueue {
  private readonly reader: QueueReader;
  private watch: Watch;
  private first: SlowReading | null = null;
  private beganAt = 0;
  private refused: string | null = null;
  private depth: Outlook;
  private lastFailed: FailedJob | null = null;
  private added: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly redis: Redis,
    private readonly queue: QueueName,
    forMs: number,
  ) {
    this.reader = new QueueReader(this.scope);
    this.watch = startWatch(queue.name);
    this.depth = startOutlook(watchingFor(forMs));
  }

  /**
   * `isLast`: whatever else is asked less often is asked then. Rejects only when Redis cannot be asked any more: what it
   * refuses of this queue is told of it.
   */
  async look(round: Round, isLast: boolean): Promise<void> {
    this.refused = null;
    await this.unlessRefused(async () => {
      const { evidence } = this.watch;
      const lives = evidence.workers.map((each) => each.heartbeat).filter(isWatched);
      const asked = { suspects: [], waited: [...evidence.waitingSeen.keys()], quiet: false };
      const { mono } = round;
      const reading = await this.reader.read(
        this.redis,
        { ...round, mono: isLast ? mono + ALL_IS_DUE_MS : mono },
        lives,
        asked,
      );
      this.watch = watch(this.watch, { kind: 'reading', reading, reconnected: false });
      if (this.first === null) [this.first, this.beganAt] = [reading.slow, reading.now];
      const value = depthOf(this.watch.evidence);
      this.depth = nextOutlook(this.depth, { at: reading.now, value }, { target: DRAINED, warnOf: DRAINED });
    });
  }

  /** What is asked once, of the last reading. */
  async lastWords(): Promise<void> {
    if (this.refused !== null) return;
    await this.unlessRefused(async () => {
      const { outcomes, slow, waitingSeen } = this.watch.evidence;
      const ids = [...new Set([...(slow?.heads ?? []), ...waitingSeen.keys()])];
      this.added = await addedAt(this.redis, this.scope, ids);
      if (outcomes.failed > 0) this.lastFailed = await lastFailedJob(this.redis, this.scope);
    });
  }

  facts(): QueueFacts {
    const { evidence } = this.watch;
    const { now, slow } = evidence;
    // A clock that is ahead makes no job younger than it was seen to be.
    const waitingSeen = new Map(
      [...evidence.waitingSeen, ...this.added].map(([id, at]) => [id, Math.min(at, now)]),
    );
    return {
      ...this.queue,
      evidence: { ...evidence, waitingSeen },
      refused: this.refused,
      done: doneBetween(this.first, slow, this.beganAt),
      overMs: now - this.beganAt,
      drained: this.depth.forecast,
      lastFailed: this.lastFailed,
    };
  }

  get prefix(): string {
    return this.queue.prefix;
  }

  private get scope() {
    return { prefix: this.queue.prefix, queue: this.queue.name };
  }

  private async unlessRefused(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (redisFailure(error).disconnected) throw error;
      this.refused = messageOf(error);
    }
  }
}
