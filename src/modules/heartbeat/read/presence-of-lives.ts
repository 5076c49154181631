import type { Redis } from 'ioredis';
import { aliveChannel } from '@probity/worker/wire';
import { attempted } from '../../redis/index.js';
import type { Life } from './reading.js';

/** Of these lives, those whose channel has no subscriber, by one command; null when Redis does not tell. */
export async function livesWithoutChannel<T extends Life & { readonly queue: string }>(
  redis: Redis,
  prefix: string,
  lives: readonly T[],
): Promise<readonly T[] | null> {
  if (lives.length === 0) return [];
  const channels = lives.map(({ queue, id, incarnation }) =>
    aliveChannel({ prefix, queue }, id, incarnation),
  );
  const [reply] = await attempted(redis, (pipeline) => pipeline.pubsub('NUMSUB', ...channels));
  // Not permitted: only the age of the heartbeat tells.
  if (reply === null) return null;
  const numbers = (reply as (string | number)[]).filter((_, index) => index % 2 === 1).map(Number);
  return lives.filter((_, index) => numbers[index] === 0);
}
