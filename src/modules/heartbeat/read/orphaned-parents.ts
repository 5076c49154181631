import type { Redis } from 'ioredis';
import { queueKey } from '../../queue/index.js';
import type { QueueScope } from '../keys.js';
import { pipelined } from './pipeline.js';

const CHILDREN = 5;

/** Of the parents given, those that wait for a child that has failed for good. A sample of each one's children. */
export async function orphanedParents(
  redis: Redis,
  scope: QueueScope,
  parents: readonly string[],
): Promise<string[]> {
  const samples = await pipelined(redis, (pipeline) => {
    for (const id of parents)
      pipeline.srandmember(queueKey(scope, scope.queue, id, 'dependencies'), CHILDREN);
  });
  const pairs = samples.flatMap((children, index) =>
    (children as string[]).map((child) => ({ parent: parents[index] ?? '', child })),
  );
  if (pairs.length === 0) return [];
  // A job that waits for its next attempt has a reason too, but no end.
  const ends = await pipelined(redis, (pipeline) => {
    for (const { child } of pairs) pipeline.hmget(child, 'failedReason', 'finishedOn');
  });
  const failed = pairs.filter((_, index) =>
    (ends[index] as (string | null)[]).every((field) => field !== null),
  );
  return [...new Set(failed.map((pair) => pair.parent))];
}
