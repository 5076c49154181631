import { isIP } from 'node:net';
import { parsedRedisUrl, splitHostAndPort, type Settings } from '../config/index.js';

/** Which Redis the settings name. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  /** Of the addresses that the host resolves to: 4, 6, or 0 for both. */
  readonly family: 0 | 4 | 6;
  /** With Sentinel: where to ask for the primary of `name`; `host` and `port` are then not used. */
  readonly sentinel:
    | {
        readonly name: string;
        readonly nodes: readonly { readonly host: string; readonly port: number }[];
        readonly username: string | undefined;
        readonly password: string | undefined;
      }
    | undefined;
}

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
  const base = settings.REDIS_URL === undefined ? fromFields(settings) : fromUrl(settings.REDIS_URL);
  if (sentinels === undefined || sentinels.length === 0 || name === undefined) return base;
  const nodes = sentinels.flatMap((node) => splitHostAndPort(node) ?? []);
  const { QUEUE_REDIS_SENTINEL_USERNAME: username, QUEUE_REDIS_SENTINEL_PASSWORD: password } = settings;
  return { ...base, sentinel: { name, nodes, username, password } };
}

/** For people, and to tell one Redis from another. Holds no credentials. */
export function describeTarget(target: RedisTarget | null): string {
  if (target === null) return 'not configured';
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return target.sentinel === undefined ? `${host}:${target.port}` : `sentinel ${target.sentinel.name}`;
}

export function isLoopback(target: RedisTarget | null): boolean {
  return target !== null && target.sentinel === undefined && /^(localhost|127\..*|::1)$/.test(target.host);
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

function fromUrl(text: string): RedisTarget {
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

/** TLS needs the name that the certificate is for; an address has none. */
export function serverName(target: RedisTarget): string | undefined {
  return isIP(target.host) === 0 ? target.host : undefined;
}
