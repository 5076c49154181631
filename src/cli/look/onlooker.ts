import type { Redis } from 'ioredis';
import {
  connectCluster,
  connectWatch,
  isClusterNode,
  onlyReading,
  type Connected,
  type Reading,
  type RedisTarget,
} from '../../modules/redis/index.js';

/** A connection that only reads, or a Cluster's worth of them; why there is none otherwise. */
export type Onlooker =
  | { readonly kind: 'connected'; readonly redis: Redis; readonly reading: Reading }
  | Extract<Connected, { readonly kind: 'failed' }>;

const NAME = 'probity:look';

/** Each answer is waited for so long as the connection is. A node of a Cluster leads to all of it. */
export async function onlooker(
  target: RedisTarget,
  withinMs: number,
  signal: AbortSignal,
): Promise<Onlooker> {
  const one = await connectWatch(target, NAME, withinMs, signal);
  if (one.kind === 'failed') return one;
  one.redis.options.commandTimeout = withinMs;
  const reading = onlyReading(one.redis);
  // What fails now fails again when it is looked at, and is told then.
  const isNode = await isClusterNode(one.redis).catch(() => false);
  if (!isNode) return { ...one, reading };
  one.redis.disconnect();
  const all = await connectCluster(target, NAME, withinMs, signal);
  return all.kind === 'failed' ? all : { ...all, reading: onlyReading(all.redis) };
}
