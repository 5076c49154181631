import type { Redis } from 'ioredis';
import { aliveChannel } from '@probity/worker/wire';
import { attempted } from '../../redis/index.js';
import type { Heartbeat } from '../heartbeat.js';
import type { Life } from './reading.js';

/** Whether its channel tells of its death: goodbyes need no proof, and who could not subscribe would look dead for ever. */
export function isWatched({ watched, state }: Pick<Heartbeat, 'watched' | 'state'>): boolean {
  return watched && state !== 'stopped';
}

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
