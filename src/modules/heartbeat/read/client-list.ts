import type { Redis } from 'ioredis';
import type { Connection } from '../assess/foreign.assess.js';
import type { QueueScope } from '../keys.js';

/**
 * How many BullMQ workers of a queue are connected, by the names that BullMQ gives its connections. A hint, no
 * proof: it lists frozen workers and ghosts. Null when Redis does not tell.
 */
export async function connectedWorkers(redis: Redis, scope: QueueScope): Promise<number | null> {
  return (await workerConnections(redis, scope))?.length ?? null;
}

/** Those connections; a worker has one that bears its name. */
export async function workerConnections(
  redis: Redis,
  scope: QueueScope,
): Promise<readonly Connection[] | null> {
  const own = `${scope.prefix}:${Buffer.from(scope.queue).toString('base64')}`;
  try {
    const list = (await redis.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
    return list.split('\n').flatMap((line) => {
      const name = / name=(\S*)/.exec(line)?.[1] ?? '';
      const addr = / addr=(\S*)/.exec(line)?.[1] ?? '';
      return name === own || name.startsWith(`${own}:w:`) ? [{ name, addr }] : [];
    });
  } catch {
    return null;
  }
}
