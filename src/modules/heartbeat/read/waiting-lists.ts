import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { pipelined } from '../../redis/index.js';

/** A marker came before the jobs: it is one of the two that are next, unless jobs were put before it. */
const NEXT = 2;

/** The lists in which plain jobs may wait. */
export type WaitingList = 'wait' | 'paused';

export interface WaitingJobs {
  readonly lists: readonly WaitingList[];
  readonly count: number;
  /** The job that is next in line; null when none waits. */
  readonly head: string | null;
}

/**
 * BullMQ 4 wakes its workers by a marker in the list, `0:0` or `0:` with the time of the next delayed job. No job can
 * have such an id.
 */
export const isJob = (id: string): boolean => !id.startsWith('0:');

/**
 * `waiting`: the length of the list `wait`. BullMQ 4 and 5 keep the jobs of a paused queue in a list of its own, which
 * is asked for only then; BullMQ 6 leaves them where they are.
 */
export async function waitingJobs(
  redis: Redis,
  scope: QueueScope,
  { waiting, paused }: { readonly waiting: number; readonly paused: boolean },
): Promise<WaitingJobs> {
  const nothing = { length: 0, next: [] };
  const [plain, ofPaused] = await Promise.all([
    waiting === 0 ? nothing : nextOf(redis, bullKey(scope, 'wait'), waiting),
    paused ? pausedList(redis, bullKey(scope, 'paused')) : nothing,
  ]);
  const found = [plain, ofPaused].map(({ length, next }) => ({
    count: length - next.filter((id) => !isJob(id)).length,
    head: next.findLast(isJob) ?? null,
  }));
  return {
    lists: paused ? ['wait', 'paused'] : ['wait'],
    count: found.reduce((sum, each) => sum + each.count, 0),
    head: found.find((each) => each.head !== null)?.head ?? null,
  };
}

async function nextOf(redis: Redis, key: string, length: number) {
  return { length, next: await redis.lrange(key, -NEXT, -1) };
}

async function pausedList(redis: Redis, key: string): Promise<{ length: number; next: readonly string[] }> {
  const [length, next] = (await pipelined(redis, (pipeline) =>
    pipeline.llen(key).lrange(key, -NEXT, -1),
  )) as [number, string[]];
  return { length, next };
}
