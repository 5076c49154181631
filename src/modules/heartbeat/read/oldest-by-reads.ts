import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { pipelined } from '../../redis/index.js';
import type { OldestJobs, OldestLook } from './oldest.js';
import { isJob, type WaitingList } from './waiting-lists.js';

/** A list of so many jobs is looked at as a whole. */
const WHOLE = 40;
/** Of the jobs that were found earlier, the oldest are asked after. */
const KNOWN = 5;

/**
 * As the script of `oldest-jobs.ts`, by plain commands: for whoever may run none. Of prioritized jobs it sees the first of
 * the least urgent ones alone, and what moves between two commands may be missed until the next look.
 */
export async function oldestByReads(
  redis: Redis,
  scope: QueueScope,
  lists: readonly WaitingList[],
  { before, place }: OldestLook,
): Promise<OldestJobs> {
  const [plain, prioritized] = await Promise.all([
    Promise.all(lists.map((list) => plainJobs(redis, bullKey(scope, list), place))),
    leastUrgent(redis, bullKey(scope, 'prioritized')),
  ]);
  const found = new Set([...plain.flatMap((each) => each.ids), ...prioritized.ids].filter(isJob));
  const sample = prioritized.sample || plain.some((each) => each.sample);
  // Where all are seen, whoever is not among them waits no more.
  const known = sample ? before.filter((id) => !found.has(id)) : [];
  const waiting = await stillWaiting(redis, scope, known.slice(0, KNOWN));
  return { ids: [...found, ...waiting], sample };
}

async function plainJobs(redis: Redis, key: string, place: number): Promise<OldestJobs> {
  const length = await redis.llen(key);
  if (length <= WHOLE) return { ids: await redis.lrange(key, 0, WHOLE - 1), sample: false };
  const found = (await pipelined(redis, (pipeline) => {
    for (const index of [0, -1, Math.floor(place * (length - 1))]) pipeline.lindex(key, index);
  })) as (string | null)[];
  return { ids: found.filter((id) => id !== null), sample: true };
}

/** BullMQ's scores are a priority times 2 ^ 32, and a counter. */
async function leastUrgent(redis: Redis, key: string): Promise<OldestJobs> {
  const [, score] = await redis.zrevrange(key, 0, 0, 'WITHSCORES');
  if (score === undefined) return { ids: [], sample: false };
  const from = Math.floor(Number(score) / 2 ** 32) * 2 ** 32;
  const [ids, others] = (await pipelined(redis, (pipeline) =>
    pipeline.zrangebyscore(key, from, '+inf', 'LIMIT', 0, 1).zcount(key, '-inf', `(${from}`),
  )) as [string[], number];
  return { ids, sample: others > 0 };
}

/** There, held by nobody, and in no set of those that do not wait: so it stands in a list. */
async function stillWaiting(redis: Redis, scope: QueueScope, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const replies = await pipelined(redis, (pipeline) => {
    for (const id of ids) {
      pipeline.exists(bullKey(scope, id)).exists(bullKey(scope, id, 'lock'));
      for (const set of ['completed', 'failed', 'delayed']) pipeline.zscore(bullKey(scope, set), id);
    }
  });
  return ids.filter((_, index) => {
    const [there, locked, ...elsewhere] = replies.slice(5 * index, 5 * index + 5);
    return there === 1 && locked === 0 && elsewhere.every((score) => score === null);
  });
}
