import { Redis, type RedisOptions as AllRedisOptions } from 'ioredis';
import { NoConnector } from './no-connector.js';
import { onRefusal } from './refusal.policy.js';
import { type RedisTarget, serverName } from './redis-target.js';

/**
 * What a connection is for.
 * - `watch`: of a check's looks. Connects when told, never by itself again, buffers nothing: its owner destroys it on
 *   abort and makes a new one.
 * - `client`: commands with an answer now or an error now. Buffers nothing, reconnects within a second.
 * - `worker`: of a BullMQ worker. Waits for Redis as long as it takes, reconnects within a second.
 */
export type RedisRole = 'watch' | 'client' | 'worker';

const RECONNECT_MAX_MS = 1000;
const CONNECT_TIMEOUT_MS = 2000;
/** Longer than BullMQ's longest blocking read (10 s): a half-open connection is noticed and replaced. */
const WORKER_SOCKET_TIMEOUT_MS = 20_000;
const CLIENT_COMMAND_TIMEOUT_MS = 5000;

/** Replies keep the shape that they have in RESP2. */
export type RedisOptions = Omit<AllRedisOptions, 'replyMapping'>;

/** Options of ioredis for a Redis; without one, of a connection that never comes about. */
export function redisOptions(target: RedisTarget | null, role: RedisRole): RedisOptions {
  if (target === null) return { ...behaviourOf(role, false), Connector: NoConnector };
  return { ...addressOf(target), ...behaviourOf(role, target.sentinel !== undefined) };
}

/**
 * A connection that never throws an unhandled error: who cares for its errors listens to them as well. One whose
 * SELECT was refused is not used, for it would be in database 0, which is somebody else's.
 */
export function createRedis(target: RedisTarget | null, role: RedisRole, extra: RedisOptions = {}): Redis {
  return connectionWith({ ...redisOptions(target, role), ...extra });
}

function connectionWith(options: RedisOptions): Redis {
  const redis = new Redis(options);
  redis.on('error', (error: Error & { readonly command?: { readonly name?: string } }) => {
    if (error.command?.name === 'select') redis.disconnect(true);
  });
  // BullMQ duplicates the connection that it is given for its blocking calls.
  const duplicate = (override: RedisOptions = {}) => connectionWith({ ...options, ...override });
  return Object.assign(redis, { duplicate });
}

function addressOf(target: RedisTarget): RedisOptions {
  const name = serverName(target);
  const tls = target.tls
    ? { ...(name === undefined ? {} : { servername: name }), ...target.own?.tls }
    : undefined;
  const { path } = target.own ?? {};
  return {
    db: target.db,
    family: target.family,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.sentinel === undefined
      ? {
          ...(path === undefined ? { host: target.host, port: target.port } : { path }),
          ...(tls === undefined ? {} : { tls }),
        }
      : {
          sentinels: target.sentinel.nodes.map((node) => ({ ...node })),
          name: target.sentinel.name,
          ...(target.sentinel.username === undefined ? {} : { sentinelUsername: target.sentinel.username }),
          ...(target.sentinel.password === undefined ? {} : { sentinelPassword: target.sentinel.password }),
          ...(tls === undefined ? {} : { tls: { ...target.own?.tls }, enableTLSForSentinelMode: true }),
        }),
  };
}

const backoff = (attempt: number) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10));

function behaviourOf(role: RedisRole, bySentinel: boolean): RedisOptions {
  const common: RedisOptions = {
    // Every role asks Redis for nothing but its work, or they would disagree on whether one Redis can be used: HELLO
    // and INFO are withheld from some users, and renamed by some servers.
    protocol: 2,
    enableReadyCheck: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disableClientInfo: true,
    retryStrategy: backoff,
    sentinelRetryStrategy: backoff,
  };
  switch (role) {
    case 'watch':
      return {
        ...common,
        lazyConnect: true,
        // A frozen Redis gets a new one every second: none waits for its goodbye.
        disconnectTimeout: 100,
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
        sentinelRetryStrategy: () => null,
      };
    case 'client':
      return {
        ...common,
        enableOfflineQueue: false,
        // A command that was under way when the connection broke is never sent again behind its caller's back.
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        commandTimeout: CLIENT_COMMAND_TIMEOUT_MS,
        reconnectOnError: (error) => onRefusal(error, { waits: false, bySentinel }),
      };
    case 'worker':
      return {
        ...common,
        maxRetriesPerRequest: null,
        socketTimeout: WORKER_SOCKET_TIMEOUT_MS,
        reconnectOnError: (error) => onRefusal(error, { waits: true, bySentinel }),
      };
  }
}
