import type { ChainableCommander, Redis } from 'ioredis';

/** Sends commands together and answers their replies; the first error is thrown. */
export async function pipelined(
  redis: Redis,
  build: (pipeline: ChainableCommander) => void,
): Promise<unknown[]> {
  return (await replies(redis, build)).map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
}

/** As `pipelined`, for what Redis may refuse: an error becomes null. */
export async function attempted(
  redis: Redis,
  build: (pipeline: ChainableCommander) => void,
): Promise<unknown[]> {
  return (await replies(redis, build)).map(([error, reply]) => (error === null ? reply : null));
}

async function replies(redis: Redis, build: (pipeline: ChainableCommander) => void) {
  const pipeline = redis.pipeline();
  build(pipeline);
  return (await pipeline.exec()) ?? [];
}
