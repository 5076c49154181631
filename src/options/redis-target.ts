import type { Settings } from '../modules/config/index.js';
import { parsedRedisUrl, splitHostAndPort } from '../modules/config/redis-url.js';
export { whyNotRedisUrl } from '../modules/config/redis-url.js';
import type { RedisTarget } from '../modules/redis/index.js';

type RedisSettings = Pick<
  Settings,
  | 'REDIS_URL'
  | 'QUEUE_REDIS_HOST'
  | 'QUEUE_REDIS_PORT'
  | 'QUEUE_REDIS_DB'
  | 'QUEUE_REDIS_USERNAME'
  | 'QUEUE_REDIS_PASSWORD'
  | 'QUEUE_REDIS_TLS'
  | 'QUEUE_REDIS_SENTINELS'
  | 'QUEUE_REDIS_SENTINEL_NAME'
  | 'QUEUE_REDIS_SENTINEL_USERNAME'
  | 'QUEUE_REDIS_SENTINEL_PASSWORD'
  | 'QUEUE_DRIVER'
>;

/**
 * `REDIS_URL` wins over the single settings; the Sentinels, when they and a name are set, over the address. Null when
 * the settings name none that can be used: there is no other to fall back to.
 */
export function redisTarget(settings: RedisSettings): RedisTarget | null {
  if (settings.QUEUE_DRIVER === 'unusable') return null;
  const { QUEUE_REDIS_SENTINELS: sentinels, QUEUE_REDIS_SENTINEL_NAME: name } = settings;
  const base = settings.REDIS_URL === undefined ? fromFields(settings) : redisTargetOfUrl(settings.REDIS_URL);
  if (sentinels === undefined || sentinels.length === 0 || name === undefined) return base;
  const nodes = sentinels.flatMap((node) => splitHostAndPort(node) ?? []);
  const { QUEUE_REDIS_SENTINEL_USERNAME: username, QUEUE_REDIS_SENTINEL_PASSWORD: password } = settings;
  return { ...base, sentinel: { name, nodes, username, password } };
}

function fromFields(settings: RedisSettings): RedisTarget {
  return {
    host: settings.QUEUE_REDIS_HOST,
    port: settings.QUEUE_REDIS_PORT,
    db: settings.QUEUE_REDIS_DB,
    username: settings.QUEUE_REDIS_USERNAME,
    password: settings.QUEUE_REDIS_PASSWORD,
    tls: settings.QUEUE_REDIS_TLS,
    family: 0,
    sentinel: undefined,
  };
}

/** Of a URL that `whyNotRedisUrl` has nothing against. */
export function redisTargetOfUrl(text: string): RedisTarget {
  const url = parsedRedisUrl(text) ?? new URL(text);
  const db = /^\/(\d+)$/.exec(url.pathname)?.[1] ?? url.searchParams.get('db') ?? '0';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number.parseInt(db, 10) || 0,
    username: url.username === '' ? undefined : decode(url.username),
    password: url.password === '' ? undefined : decode(url.password),
    tls: url.protocol === 'rediss:',
    family: url.searchParams.get('family') === '4' ? 4 : url.searchParams.get('family') === '6' ? 6 : 0,
    sentinel: undefined,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
