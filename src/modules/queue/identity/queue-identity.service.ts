import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hostname } from 'node:os';
import { SERVICE, type ServiceIdentity } from '../../health/index.js';
import { monotonic, withDeadline } from '../../kernel/index.js';
import { describeTarget, type RedisTarget } from '../../redis/index.js';
import { primaryQueue } from '../primary-queue.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import { IdentityRepository } from './identity.repository.js';
import {
  conflictOf,
  isElsewhere,
  type ProcessQueue,
  type QueueConflict,
  type QueueIdentity,
} from './queue-identity.js';

const WRITE_EVERY_MS = 4000;
const READ_EVERY_MS = 1000;
/** A queue that lost its data gets a new sentinel, which all processes see within this time. */
const SETTLE_MS = 2000;
/** A process that has not seen its own queue for so long cannot say that another one uses a different one. */
const SEEN_WITHIN_MS = 5000;
const GOODBYE_MS = 400;

/** Finds out processes that look at different queues, by what each of them writes to Postgres. */
@Injectable()
export class QueueIdentityService implements OnApplicationShutdown {
  private readonly target: RedisTarget | null;
  private readonly prefix: string;
  private readonly queue: string;
  private identity: QueueIdentity | null = null;
  /** Since when it has been this one after it was another, and when it was last seen, monotonic ms. */
  private identitySince = -Infinity;
  private seenAt = -Infinity;
  private writtenAt = -Infinity;
  /** Ends once all is written that was begun. */
  private writing: Promise<void> = Promise.resolve();
  private ended = false;
  private readAt = -Infinity;
  private found: readonly QueueConflict[] = [];
  /** Since when each other process has been seen with its other queue, monotonic ms. */
  private since = new Map<string, number>();

  constructor(
    private readonly repository: IdentityRepository,
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(QUEUE_OPTIONS) options: QueueOptions,
  ) {
    this.target = options.redis;
    this.prefix = options.prefix;
    this.queue = primaryQueue(options);
  }

  /** The ids of the living processes of this deployment, by which their workers name their connections. */
  async living(): Promise<readonly string[]> {
    return await this.repository.living();
  }

  /**
   * Living processes that use another queue of the same name; from memory, and asked again at most every second
   * while somebody wants to know. Empty while it cannot be told: a Redis that cannot be asked is no other Redis.
   */
  conflicts(now = monotonic()): readonly QueueConflict[] {
    if (now - this.seenAt > SEEN_WITHIN_MS) return [];
    if (this.identity !== null && now - this.readAt >= READ_EVERY_MS) void this.read(this.identity, now);
    return this.found;
  }

  /** Takes in what Redis showed, and keeps this process's row fresh. Never waits. */
  observe(sentinel: string, runId: string | null, now = monotonic()): void {
    if (this.ended) return;
    const { identity } = this;
    this.seenAt = now;
    const changed = identity?.sentinel !== sentinel || identity.runId !== runId;
    if (changed) {
      const database = this.target?.db ?? 0;
      if (identity !== null) this.identitySince = now;
      // What was found is about another life of the queue.
      this.found = [];
      this.identity = {
        sentinel,
        address: describeTarget(this.target),
        database,
        prefix: this.prefix,
        runId,
      };
    }
    if (!changed && now - this.writtenAt < WRITE_EVERY_MS) return;
    const before = this.writing;
    this.writing = this.write(now).then(() => before);
  }

  async onApplicationShutdown(): Promise<void> {
    // What a look that is still under way has seen, or is being written, would stay for others to conflict with.
    this.ended = true;
    this.identity = null;
    await withDeadline(GOODBYE_MS, async () => {
      await this.writing;
      await this.repository.erase(this.service.instanceId);
    });
  }

  private own(identity: QueueIdentity): ProcessQueue {
    const { name, instanceId } = this.service;
    return { queue: this.queue, service: name, instanceId, host: hostname(), identity };
  }

  private async write(now: number): Promise<void> {
    if (this.identity === null) return;
    this.writtenAt = now;
    try {
      await this.repository.write(this.own(this.identity));
    } catch {
      // The database check says so; it is tried again with the next look.
    }
  }

  private async read(identity: QueueIdentity, now: number): Promise<void> {
    this.readAt = now;
    try {
      const others = await this.repository.others(this.queue, identity, now - this.identitySince);
      const keyOf = (other: ProcessQueue) =>
        `${other.instanceId}|${other.identity.sentinel}|${identity.sentinel}`;
      this.since = new Map(others.map((other) => [keyOf(other), this.since.get(keyOf(other)) ?? now]));
      const own = this.own(identity);
      this.found = others
        .filter(
          (other) =>
            isElsewhere(identity, other.identity) || now - (this.since.get(keyOf(other)) ?? now) >= SETTLE_MS,
        )
        .map((other) => conflictOf(own, other));
    } catch {
      this.found = [];
    }
  }
}
