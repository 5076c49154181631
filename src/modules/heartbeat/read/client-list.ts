import type { Redis } from 'ioredis';
import type { QueueScope } from '@probity/worker/wire';
import { queueOfConnection } from '../../queue/observe.js';
import { connectionsTo, type NamedConnection } from '../../redis/index.js';

/**
 * How many BullMQ workers of a queue are connected, by the names that BullMQ gives its connections. A hint, no
 * proof: it lists frozen workers and ghosts. Null when Redis does not tell, or has too many clients to be asked.
 */
export async function connectedWorkers(redis: Redis, { prefix, queue }: QueueScope): Promise<number | null> {
  return (await workerConnections(redis, { prefix, queues: [queue] }))?.length ?? null;
}

/** The connections of the workers of these queues; a worker has one that bears its name. */
export async function workerConnections(
  redis: Redis,
  { prefix, queues }: { readonly prefix: string; readonly queues: readonly string[] },
): Promise<readonly NamedConnection[] | null> {
  const connections = await namedConnections(redis);
  return (
    connections?.filter(({ name }) => {
      const queue = queueOfConnection(prefix, name);
      return queue !== null && queues.includes(queue);
    }) ?? null
  );
}

/** All connections that have a name; null when Redis does not tell. What fails altogether is told by another question. */
export async function namedConnections(redis: Redis): Promise<readonly NamedConnection[] | null> {
  const found = await connectionsTo(redis).catch(() => null);
  return found?.kind === 'list' ? found.connections : null;
}
