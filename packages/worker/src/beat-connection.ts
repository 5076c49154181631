import { Redis, type RedisOptions } from 'ioredis';

const RECONNECT_MAX_MS = 1000;
const COMMAND_TIMEOUT_MS = 3000;

/** A URL, options of ioredis, or a client of ioredis whose options are taken over. */
export type BeatTarget = string | RedisOptions | { readonly options: RedisOptions };

/**
 * The connection of the heartbeats: its own, so that it tells of the worker even when the worker's connections
 * hang. It speaks RESP3 and can therefore be subscribed and store at the same time.
 */
export function beatConnection(target: BeatTarget, workerId: string): Redis {
  const own = {
    connectionName: `probity:heartbeat:${workerId.replaceAll(/[^\w.:-]/g, '_')}`,
    connectTimeout: 2000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    lazyConnect: false,
    enableReadyCheck: false,
    // A connection of RESP2 would take no commands once it is subscribed.
    protocol: 3 as const,
    replyMapping: 'legacy' as const,
    retryStrategy: (attempt: number) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 5)),
  } satisfies RedisOptions;
  const redis =
    typeof target === 'string' ? new Redis(target, own) : new Redis({ ...optionsOf(target), ...own });
  redis.on('error', (error: Error & { readonly command?: { readonly name?: string } }) => {
    // Database 0, where it would be without SELECT, is somebody else's.
    if (error.command?.name === 'select') redis.disconnect(true);
    // Not everybody may say HELLO; without it heartbeats are stored all the same.
    if (error.command?.name === 'hello' && /NOPERM|permission/i.test(error.message))
      redis.options.protocol = 2;
  });
  return redis;
}

/** Whether it can be subscribed and store at the same time; ioredis falls back to RESP2 where there is no HELLO. */
export function maySubscribe(redis: Redis): boolean {
  const { condition } = redis as unknown as { readonly condition?: { readonly protocol?: number } };
  return condition?.protocol === 3;
}

/** What the connection of a BullMQ worker can be used for; undefined when it is no plain ioredis. */
export function targetOf(connection: unknown): BeatTarget | undefined {
  if (typeof connection === 'string') return connection;
  if (typeof connection !== 'object' || connection === null) return undefined;
  if ('isCluster' in connection && connection.isCluster === true) return undefined;
  const isClient = 'connect' in connection || 'duplicate' in connection;
  if (isClient && !('options' in connection)) return undefined;
  if ('url' in connection && typeof connection.url === 'string') return connection.url;
  return connection;
}

function optionsOf(target: Exclude<BeatTarget, string>): RedisOptions {
  return 'options' in target ? target.options : target;
}
