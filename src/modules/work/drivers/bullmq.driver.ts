import { Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Redact, withDeadline } from '../../kernel/index.js';
import {
  JOB_STATE_KEYS,
  JOB_STATES_AT_ONCE,
  JOB_STATES_SCRIPT,
  queueKey,
  type QueueCode,
} from '../../queue/index.js';
import { redisFailure } from '../../redis/index.js';
import { serializeJob } from '../new-job.policy.js';
import { QueueUnavailableError, type JobState, type NewJob, type QueueDriver } from '../queue-driver.js';
import { KEEP_COMPLETED, KEEP_FAILED } from '../worker/kept-jobs.js';

const ASK_DEADLINE_MS = 2000;

export interface BullmqDriverParts {
  /** What the keys of the queues begin with. */
  readonly prefix: string;
  readonly redact: Redact;
  /** The connection that all queues of this process share; a `client` of `createRedis`. */
  readonly connection: Redis;
  readonly queues: ReadonlyMap<string, Queue>;
  /** Told when Redis answered real work with an error. */
  refused?(): void;
}

/** The queue on BullMQ and Redis. Every call has a deadline, for BullMQ itself waits for ever. */
export class BullmqDriver implements QueueDriver {
  readonly kind = 'bullmq';
  private readonly logger = new Logger('Queue');

  constructor(private readonly parts: BullmqDriverParts) {
    for (const queue of parts.queues.values()) {
      queue.on('error', (error) => this.logger.debug(`queue ${queue.name}: ${parts.redact(error.message)}`));
    }
  }

  async add(queue: string, job: NewJob, deadlineMs: number): Promise<void> {
    serializeJob(job);
    await this.bounded(
      'queue.add_timeout',
      deadlineMs,
      this.queue(queue).add(job.name, job.data, {
        jobId: job.id,
        attempts: 1,
        removeOnComplete: KEEP_COMPLETED,
        removeOnFail: KEEP_FAILED,
      }),
    );
  }

  async states(queue: string, jobIds: readonly string[]): Promise<ReadonlyMap<string, JobState>> {
    const base = queueKey(this.parts, this.queue(queue).name, '');
    const keys = JOB_STATE_KEYS.map((key) => base + key);
    const found = new Map<string, JobState>();
    // One after the other, so that whoever else asks gets his turn in between.
    for (let from = 0; from < jobIds.length; from += JOB_STATES_AT_ONCE) {
      const some = jobIds.slice(from, from + JOB_STATES_AT_ONCE);
      const states = (await this.bounded(
        'redis.timeout',
        ASK_DEADLINE_MS,
        this.parts.connection.eval(JOB_STATES_SCRIPT, keys.length, ...keys, base, ...some),
      )) as JobState[];
      some.forEach((id, index) => found.set(id, states[index] ?? 'absent'));
    }
    return found;
  }

  private queue(name: string): Queue {
    const queue = this.parts.queues.get(name);
    if (queue === undefined) throw new Error(`queue ${name} is not one of QUEUE_NAMES`);
    return queue;
  }

  private async bounded<T>(late: QueueCode, deadlineMs: number, work: Promise<T>): Promise<T> {
    const outcome = await withDeadline(deadlineMs, () => work);
    switch (outcome.kind) {
      case 'answered':
        return outcome.value;
      case 'threw': {
        const { code, text, disconnected } = redisFailure(outcome.error);
        if (!disconnected) this.parts.refused?.();
        throw new QueueUnavailableError(code, this.parts.redact(text));
      }
      case 'timed-out':
        // A connection that lost its packets answers never again: the next call gets a new one.
        this.parts.connection.disconnect(true);
        throw new QueueUnavailableError(late, `the queue did not answer within ${deadlineMs} ms`);
    }
  }
}
