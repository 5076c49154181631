import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { pipelined } from '../../redis/index.js';

/** Jobs asked after. */
const JOBS = 20;
/** Of a reason, as many characters as a person reads. */
const LONGEST_REASON = 300;

/** A job that has failed, by what it says of itself. */
export interface FailedJob {
  readonly id: string;
  readonly name: string | null;
  /** Whatever its processor threw: redact it before it is shown. */
  readonly reason: string | null;
}

/**
 * Since when jobs are there by the clocks of those who added them, epoch ms: for people who look for ten seconds, and no
 * ground for a verdict that leads to a restart.
 */
export async function addedAt(
  redis: Redis,
  scope: QueueScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const asked = ids.slice(0, JOBS);
  if (asked.length === 0) return new Map();
  const replies = await pipelined(redis, (pipeline) => {
    for (const id of asked) pipeline.hmget(bullKey(scope, id), 'timestamp', 'delay');
  });
  return new Map(
    asked.flatMap((id, index) => {
      const [timestamp, delay] = (replies[index] as (string | null)[]).map(Number);
      // What is delayed does not wait until it is due.
      const at = (timestamp ?? NaN) + (delay || 0);
      return at > 0 && Number.isFinite(at) ? [[id, at] as const] : [];
    }),
  );
}

/** The job that failed last, of those that are kept; null when there is none. */
export async function lastFailedJob(redis: Redis, scope: QueueScope): Promise<FailedJob | null> {
  const [id] = await redis.zrevrange(bullKey(scope, 'failed'), 0, 0);
  if (id === undefined) return null;
  const [name = null, reason = null] = await redis.hmget(bullKey(scope, id), 'name', 'failedReason');
  return { id, name, reason: reason?.slice(0, LONGEST_REASON) ?? null };
}
