import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hostname } from 'node:os';
import { SERVICE, type ServiceIdentity } from '../../health/index.js';
import { monotonic, withDeadline } from '../../kernel/index.js';
import { describeTarget, type RedisTarget } from '../../redis/index.js';
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

/** One queue as this process has last seen it. Times are monotonic ms. */
interface Seen {
  readonly identity: QueueIdentity;
  /** Since when it has been this one after it was another. */
  readonly since: number;
  readonly at: number;
}

/** Finds out processes that look at different queues, by what each of them writes to Postgres. */
@Injectable()
export class QueueIdentityService implements OnApplicationShutdown {
  private readonly target: RedisTarget | null;
  private readonly prefix: string;
  private readonly queues = new Map<string, Seen>();
  private unwritten = false;
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
    const seen = [...this.queues].filter(([, { at }]) => now - at <= SEEN_WITHIN_MS);
    if (seen.length === 0) return [];
    if (now - this.readAt >= READ_EVERY_MS) void this.read(seen, now);
    return this.found.filter(({ own }) => seen.some(([queue]) => queue === own.queue));
  }

  /** Takes in what Redis showed of a queue, and keeps the rows of this process fresh. Never waits. */
  observe(queue: string, sentinel: string, runId: string | null, now = monotonic()): void {
    if (this.ended) return;
    const before = this.queues.get(queue);
    const changed = before?.identity.sentinel !== sentinel || before.identity.runId !== runId;
    if (changed) {
      const database = this.target?.db ?? 0;
      const identity = {
        sentinel,
        address: describeTarget(this.target),
        database,
        prefix: this.prefix,
        runId,
      };
      // What was found is about another life of the queue.
      this.found = this.found.filter(({ own }) => own.queue !== queue);
      this.queues.set(queue, { identity, since: before === undefined ? -Infinity : now, at: now });
      this.unwritten = true;
    } else this.queues.set(queue, { ...before, at: now });
    if (!this.unwritten && now - this.writtenAt < WRITE_EVERY_MS) return;
    this.unwritten = false;
    this.writtenAt = now;
    const earlier = this.writing;
    // What a look shows of several queues is shown one after the other, and written once.
    this.writing = Promise.resolve()
      .then(() => this.write(now))
      .then(() => earlier);
  }

  async onApplicationShutdown(): Promise<void> {
    // What a look that is still under way has seen, or is being written, would stay for others to conflict with.
    this.ended = true;
    this.queues.clear();
    await withDeadline(GOODBYE_MS, async () => {
      await this.writing;
      await this.repository.erase(this.service.instanceId);
    });
  }

  private own(queue: string, identity: QueueIdentity): ProcessQueue {
    const { name, instanceId } = this.service;
    return { queue, service: name, instanceId, host: hostname(), identity };
  }

  private async write(now: number): Promise<void> {
    const due = now - SEEN_WITHIN_MS;
    const rows = [...this.queues].filter(([, { at }]) => at >= due);
    try {
      await this.repository.write(rows.map(([queue, { identity }]) => this.own(queue, identity)));
    } catch {
      // The database check says so; it is tried again with the next look.
    }
  }

  private async read(seen: readonly (readonly [string, Seen])[], now: number): Promise<void> {
    this.readAt = now;
    try {
      const asked = seen.map(([queue, { identity, since }]) => ({ queue, identity, forMs: now - since }));
      const others = await this.repository.others(asked);
      const owns = new Map(seen.map(([queue, { identity }]) => [queue, this.own(queue, identity)]));
      const pairs = others.flatMap((other) => {
        const own = owns.get(other.queue);
        return own === undefined ? [] : [{ own, other, key: keyOf(own, other) }];
      });
      this.since = new Map(pairs.map(({ key }) => [key, this.since.get(key) ?? now]));
      this.found = pairs
        .filter(
          ({ own, other, key }) =>
            isElsewhere(own.identity, other.identity) || now - (this.since.get(key) ?? now) >= SETTLE_MS,
        )
        .map(({ own, other }) => conflictOf(own, other));
    } catch {
      this.found = [];
    }
  }
}

const keyOf = (own: ProcessQueue, other: ProcessQueue) =>
  `${other.instanceId}|${other.queue}|${other.identity.sentinel}|${own.identity.sentinel}`;
