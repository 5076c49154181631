import type { Redis } from 'ioredis';
import type { QueueScope } from '@probity/worker/wire';
import { monotonic } from '../../kernel/index.js';
import type { Connection } from '../assess/foreign.assess.js';

/** The list of more clients would keep Redis, and us, busy for longer than what it tells is worth. */
const MOST_CLIENTS = 2000;

/**
 * How many BullMQ workers of a queue are connected, by the names that BullMQ gives its connections. A hint, no
 * proof: it lists frozen workers and ghosts. Null when Redis does not tell, or has too many clients to be asked.
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
  const list = await clientList(redis);
  if (list === null) return null;
  const database = String(redis.options.db ?? 0);
  return list.split('\n').flatMap((line) => {
    // Those of a queue of the same name in another database work for another queue.
    if ((/ db=(\d+)/.exec(line)?.[1] ?? database) !== database) return [];
    const name = / name=(\S*)/.exec(line)?.[1] ?? '';
    const addr = / addr=(\S*)/.exec(line)?.[1] ?? '';
    return name === own || name.startsWith(`${own}:w:`) ? [{ name, addr }] : [];
  });
}

/** Queues that look at the same moment share one list, by connection. */
const SHARED_MS = 500;
const shared = new WeakMap<Redis, { readonly at: number; readonly list: Promise<string | null> }>();

function clientList(redis: Redis): Promise<string | null> {
  const last = shared.get(redis);
  if (last !== undefined && monotonic() - last.at < SHARED_MS) return last.list;
  const list = readClientList(redis);
  shared.set(redis, { at: monotonic(), list });
  return list;
}

/** CLIENT LIST, one line a client; null when it is refused or would be too long. */
async function readClientList(redis: Redis): Promise<string | null> {
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
