import { Redis, type RedisOptions as AllRedisOptions } from 'ioredis';
import type { Settings } from '../config/index.js';
import { redisTarget, serverName, type RedisTarget } from './redis-target.js';

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

/** Options of ioredis for the Redis that the settings name, for those that make their own connections (BullMQ). */
export function redisOptions(settings: Settings, role: RedisRole): RedisOptions {
  return { ...addressOf(redisTarget(settings)), ...behaviourOf(role) };
}

/** A connection that never throws an unhandled error: who cares for its errors listens to them as well. */
export function createRedis(settings: Settings, role: RedisRole, extra: RedisOptions = {}): Redis {
  const redis = new Redis({ ...redisOptions(settings, role), ...extra });
  redis.on('error', () => undefined);
  return redis;
}

function addressOf(target: RedisTarget): RedisOptions {
  const name = serverName(target);
  const tls = target.tls ? { ...(name === undefined ? {} : { servername: name }) } : undefined;
  return {
    db: target.db,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.sentinel === undefined
      ? { host: target.host, port: target.port, ...(tls === undefined ? {} : { tls }) }
      : {
          sentinels: target.sentinel.nodes.map((node) => ({ ...node })),
          name: target.sentinel.name,
          ...(tls === undefined ? {} : { tls: {}, enableTLSForSentinelMode: true }),
        }),
  };
}

const backoff = (attempt: number) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10));

function behaviourOf(role: RedisRole): RedisOptions {
  const common: RedisOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    disableClientInfo: true,
    retryStrategy: backoff,
    sentinelRetryStrategy: backoff,
    // How long Redis thinks that loading takes is no reason to come back late.
    maxLoadingRetryTime: RECONNECT_MAX_MS,
  };
  switch (role) {
    case 'watch':
      return {
        ...common,
        lazyConnect: true,
        // A frozen Redis gets a new one every second: none waits for its goodbye.
        disconnectTimeout: 100,
        // What Redis says while it loads its data is an answer, not a reason to wait.
        enableReadyCheck: false,
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
      };
    case 'worker':
      return { ...common, maxRetriesPerRequest: null, socketTimeout: WORKER_SOCKET_TIMEOUT_MS };
  }
}
