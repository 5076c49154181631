import { isIoredis, type CommandError, type RedisClient } from './redis-client.js';
import { urlOptions } from './url-options.policy.js';

const RECONNECT_MAX_MS = 1000;
export const COMMAND_TIMEOUT_MS = 3000;

/** A URL, options of ioredis, or a client of ioredis, whose options are taken over. */
export type BeatTarget = string | object;

/** Makes the connections of the heartbeats. */
export type Connect = (name: string) => RedisClient;

const retry = (attempt: number) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 5));

/** What a node of a Cluster takes too. Whatever the worker's own client is set to, heartbeats fail soon. */
const ofEveryNode = (connectionName: string) => ({
  connectionName,
  connectTimeout: 2000,
  commandTimeout: COMMAND_TIMEOUT_MS,
  disableClientInfo: true,
  autoResendUnfulfilledCommands: false,
  keyPrefix: '',
  stringNumbers: false,
  monitor: false,
});

/**
 * The connection of the heartbeats: its own, so that it tells of the worker even when the worker's connections
 * hang. With ioredis 6 it speaks RESP3 and can therefore be subscribed and store at the same time; ioredis 5 knows
 * neither option.
 */
const ofOne = (connectionName: string) => ({
  ...ofEveryNode(connectionName),
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  lazyConnect: false,
  enableReadyCheck: false,
  readOnly: false,
  reconnectOnError: null,
  socketTimeout: undefined,
  protocol: 3,
  replyMapping: 'legacy',
  retryStrategy: retry,
  sentinelRetryStrategy: retry,
});

const ofCluster = (connectionName: string, options: Readonly<Record<string, unknown>>) => ({
  redisOptions: { ...(options['redisOptions'] as object | undefined), ...ofEveryNode(connectionName) },
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  lazyConnect: false,
  scaleReads: 'master',
  clusterRetryStrategy: retry,
  keyPrefix: '',
});

/** How to connect to the target, or where the worker's own client does. Throws when that is not to be known. */
export function connectTo(target: BeatTarget | undefined, client: unknown): Connect {
  if (target !== undefined) return toTarget(target, client);
  if (isIoredis(client)) return likeClient(client);
  throw new Error(
    'instrumentWorker finds no ioredis in this worker (heartbeats need Redis, and the client that BullMQ uses by default): give options.connection, a client of ioredis',
  );
}

/** How to connect where a client does. */
function likeClient(client: RedisClient): Connect {
  // Of the prototype: BullMQ wraps clients, and the wrapper's way takes less.
  const { duplicate } = Object.getPrototypeOf(client) as { duplicate: RedisClient['duplicate'] };
  return (name) =>
    watched(
      client.isCluster === true
        ? duplicate.call(client, [], ofCluster(nameOf(name), client.options))
        : duplicate.call(client, ofOne(nameOf(name))),
    );
}

/** How to connect to a target; `client` is the worker's own, whose ioredis is used. */
function toTarget(target: BeatTarget, client: unknown): Connect {
  if (isIoredis(target)) return likeClient(target);
  const single = singleOf(client);
  if (single === undefined || (typeof target === 'object' && 'connect' in target))
    throw new Error(
      'instrumentWorker has no ioredis to make that connection with: give options.connection, a client of ioredis',
    );
  // A client does not tell its class, but what it is duplicated from is its options and nothing else.
  const like = Object.create(Object.getPrototypeOf(single) as object, {
    options: { value: optionsOf(target) },
  }) as RedisClient;
  return likeClient(like);
}

function optionsOf(target: BeatTarget): object {
  if (typeof target === 'string') return urlOptions(target);
  const { url, ...options } = target as { readonly url?: unknown };
  return typeof url === 'string' ? { ...urlOptions(url), ...options } : options;
}

/** Those of a Cluster's nodes are such clients too. */
function singleOf(client: unknown): RedisClient | undefined {
  if (!isIoredis(client)) return undefined;
  return client.isCluster === true
    ? (client as unknown as { nodes(): readonly RedisClient[] }).nodes()[0]
    : client;
}

const nameOf = (name: string) => name.replaceAll(/[^\w.:-]/g, '_');

function watched(redis: RedisClient): RedisClient {
  redis.on('error', (error: CommandError) => {
    // Database 0, where it would be without SELECT, is somebody else's.
    if (error.command?.name === 'select') redis.disconnect(true);
    // Not everybody may say HELLO; without it heartbeats are stored all the same.
    if (error.command?.name === 'hello' && /NOPERM|permission/i.test(error.message))
      (redis.options as Record<string, unknown>)['protocol'] = 2;
  });
  return redis;
}

/** Whether it can be subscribed and store at the same time; ioredis falls back to RESP2 where there is no HELLO. */
export function maySubscribe(redis: RedisClient): boolean {
  const { condition } = redis as unknown as { readonly condition?: { readonly protocol?: number } };
  return condition?.protocol === 3;
}
