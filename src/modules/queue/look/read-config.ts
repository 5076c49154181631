import type { Redis } from 'ioredis';
import { redisFailure } from '../../redis/index.js';
import type { RedisConfig } from '../durability/durability.assess.js';

/** Null when Redis refuses to show it or hides what is asked; undefined when the connection failed. */
export async function readConfig(redis: Redis): Promise<RedisConfig | null | undefined> {
  try {
    // Several names in one call came with Redis 7.
    const [save, fsync] = await Promise.all([
      redis.config('GET', 'save'),
      redis.config('GET', 'appendfsync'),
    ]);
    const found = { save: valueOf(save), appendFsync: valueOf(fsync) };
    return found.save === null || found.appendFsync === null
      ? null
      : { save: found.save, appendFsync: found.appendFsync };
  } catch (error) {
    return redisFailure(error).disconnected ? undefined : null;
  }
}

function valueOf(reply: unknown): string | null {
  const value: unknown = Array.isArray(reply) ? reply[1] : undefined;
  return typeof value === 'string' ? value : null;
}
