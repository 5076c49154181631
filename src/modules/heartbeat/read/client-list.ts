import type { Redis } from 'ioredis';
import type { QueueScope } from '@probity/worker/wire';
import { queueOfConnection } from '../../queue/observe.js';
import { primariesOf } from '../../redis/index.js';
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
  const lists = await clientLists(redis);
  if (lists === null) return null;
  return lists
    .flatMap((list) => list.split('\n'))
    .flatMap((line) => {
      const name = / name=(\S*)/.exec(line)?.[1] ?? '';
      const addr = / addr=(\S*)/.exec(line)?.[1] ?? '';
      const queue = queueOfConnection(prefix, name);
      return queue !== null && queues.includes(queue) ? [{ name, addr }] : [];
    });
}

/**
 * The names of all connections that have one. A client of a Cluster has connections to more than one node, and one to the
 * node of its queue while it waits for jobs: so many workers there are at least.
 */
export async function connectionNames(redis: Redis): Promise<readonly string[] | null> {
  const lists = await clientLists(redis);
  if (lists === null) return null;
  const nodes = lists.map((list) => [...list.matchAll(/ name=(\S+)/g)].map(([, name = '']) => name));
  return nodes.length === 1 ? (nodes[0] ?? []) : mostOnOne(nodes);
}

/** Each name as often as it is on the node that has it most often. */
function mostOnOne(nodes: readonly (readonly string[])[]): string[] {
  return [...new Set(nodes.flat())].flatMap((name) => {
    const counts = nodes.map((names) => names.filter((each) => each === name).length);
    return new Array<string>(Math.max(...counts)).fill(name);
  });
}

/** CLIENT LIST of each node, one line a client; null when one refuses, or its list would be too long. */
async function clientLists(redis: Redis): Promise<readonly string[] | null> {
  try {
    const lists = await Promise.all(primariesOf(redis).map((node) => clientList(node)));
    return lists.every((list) => list !== null) ? lists : null;
  } catch {
    return null;
  }
}

async function clientList(node: Redis): Promise<string | null> {
  if ((await clients(node)) > MOST_CLIENTS) return null;
  const list = (await node.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
  const database = String(node.options.db ?? 0);
  // Those of a queue of the same name in another database work for another queue.
  return list
    .split('\n')
    .filter((line) => (/ db=(\d+)/.exec(line)?.[1] ?? database) === database)
    .join('\n');
}

/** 0 when INFO is refused: then the list has to tell. */
async function clients(node: Redis): Promise<number> {
  try {
    const info = await node.info('clients');
    return Number(/^connected_clients:(\d+)/m.exec(info)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
