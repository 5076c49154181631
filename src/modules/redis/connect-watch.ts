import type { Redis } from 'ioredis';
import { withOwnTime } from '../kernel/index.js';
import { createRedis } from './create-redis.js';
import { redisFailure, type RedisFailure } from './redis-failure.policy.js';
import { withGreeting } from './greeting.js';
import type { RedisTarget } from './redis-target.js';

/** A connection that works, or why there is none. */
export type Connected =
  | { readonly kind: 'connected'; readonly redis: Redis }
  | { readonly kind: 'failed'; readonly failure: RedisFailure };

/**
 * Connects with the credentials of now. Whatever goes wrong has destroyed the connection when it is told, and
 * `signal` destroys it at once.
 */
export async function connectWatch(
  target: RedisTarget | null,
  name: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Connected> {
  const redis = createRedis(target, 'watch', { connectionName: name });
  let first: Error | undefined;
  // ioredis rejects with "Connection is closed" and tells the reason only here; so it does with a refused SELECT.
  redis.on('error', (error: Error) => (first ??= error));
  const abort = () => redis.disconnect();
  signal.addEventListener('abort', abort, { once: true });
  const outcome = await withOwnTime(deadlineMs, () => redis.connect());
  signal.removeEventListener('abort', abort);
  if (outcome.kind === 'answered' && first === undefined) {
    const failure = await stands(target, redis, deadlineMs);
    if (failure === null) return { kind: 'connected', redis };
    redis.disconnect();
    return { kind: 'failed', failure };
  }
  const status = redis.status;
  redis.disconnect();
  if (outcome.kind === 'timed-out') return { kind: 'failed', failure: silent(target, status, deadlineMs) };
  const failure = redisFailure(first ?? (outcome.kind === 'threw' ? outcome.error : undefined));
  return { kind: 'failed', failure: await withGreeting(target, failure) };
}

/**
 * A connection without a handshake counts as made before Redis has said a word, which may be that it takes no more
 * clients. Any answer will do: whether PING is permitted is no matter.
 */
async function stands(
  target: RedisTarget | null,
  redis: Redis,
  deadlineMs: number,
): Promise<RedisFailure | null> {
  const proof = await withOwnTime(deadlineMs, () => redis.ping());
  if (proof.kind === 'timed-out') return silent(target, 'connect', deadlineMs);
  const failure = proof.kind === 'threw' ? redisFailure(proof.error) : null;
  return failure?.disconnected === true ? await withGreeting(target, failure) : null;
}

/** Nothing came back: before the connection stood, or after. */
function silent(target: RedisTarget | null, status: string, deadlineMs: number): RedisFailure {
  if (status === 'connect') {
    return {
      code: 'redis.timeout',
      text: `no answer to the handshake within ${deadlineMs} ms`,
      disconnected: false,
    };
  }
  const hint = target?.tls === true ? '; does this port speak TLS?' : '';
  return {
    code: 'redis.connect_timeout',
    text: `no connection within ${deadlineMs} ms${hint}`,
    disconnected: false,
  };
}
