import type { Redis } from 'ioredis';
import type { QueueScope } from '../keys.js';

/**
 * How many BullMQ workers of a queue are connected, by the names that BullMQ gives its connections. A hint, no
 * proof: it lists frozen workers and ghosts. Null when Redis does not tell.
 */
export async function connectedWorkers(redis: Redis, scope: QueueScope): Promise<number | null> {
  const name = `${scope.prefix}:${Buffer.from(scope.queue).toString('base64')}`;
  try {
    const list = (await redis.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
    return list.split('\n').filter((line) => {
      const found = / name=(\S*)/.exec(line)?.[1];
      return found === name || found?.startsWith(`${name}:w:`) === true;
    }).length;
  } catch {
    return null;
  }
}
