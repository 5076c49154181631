import type { Cluster, Redis } from 'ioredis';

/** The servers behind a client: of a Cluster its primaries, each of which has keys and connections of its own. */
export function primariesOf(redis: Redis): readonly Redis[] {
  return redis.isCluster ? (redis as unknown as Cluster).nodes('master') : [redis];
}
