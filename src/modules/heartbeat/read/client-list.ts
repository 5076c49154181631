import type { Redis } from 'ioredis';
import type { QueueScope } from '@probity/worker/wire';
import { queueOfConnection } from '../../queue/index.js';
import type { Connection } from '../assess/foreign.assess.js';

/** The list of more clients would keep Redis, and us, busy for longer than what it tells is worth. */
const MOST_CLIENTS = 2000;

/**
 * How many BullMQ workers of a queue are connected, by the names that BullMQ gives its connections. A hint, no
 * proof: it lists frozen workers and ghosts. Null when Redis does not tell, or has too many clients to be asked.
 */
export async function connectedWorkers(redis: Redis, { prefix, queue }: QueueScope): Promise<number | null> {
  const names = await connectionNames(redis);
  return names?.filter((name) => queueOfConnection(prefix, name) === queue).length ?? null;
}

/** The connections of the workers of these queues; a worker has one that bears its name. */
export async function workerConnections(
  redis: Redis,
  { prefix, queues }: { readonly prefix: string; readonly queues: readonly string[] },
): Promise<readonly Connection[] | null> {
  const list = await clientList(redis);
  if (list === null) return null;
  return list.split('\n').flatMap((line) => {
    const name = / name=(\S*)/.exec(line)?.[1] ?? '';
    const addr = / addr=(\S*)/.exec(line)?.[1] ?? '';
    const queue = queueOfConnection(prefix, name);
    return queue !== null && queues.includes(queue) ? [{ name, addr }] : [];
  });
}

/** The names of all connections that have one. */
export async function connectionNames(redis: Redis): Promise<readonly string[] | null> {
  const list = await clientList(redis);
  return list === null ? null : [...list.matchAll(/ name=(\S+)/g)].map(([, name = '']) => name);
}

/** CLIENT LIST, one line a client; null when it is refused or would be too long. */
async function clientList(redis: Redis): Promise<string | null> {
  try {
    if ((await clients(redis)) > MOST_CLIENTS) return null;
    return (await redis.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
  } catch {
    return null;
  }
}

/** 0 when INFO is refused: then the list has to tell. */
async function clients(redis: Redis): Promise<number> {
  try {
    const info = await redis.info('clients');
    return Number(/^connected_clients:(\d+)/m.exec(info)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
