import { isIP } from 'node:net';
import type { Settings } from '../config/index.js';

/** Which Redis the settings name. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  /** With Sentinel: where to ask for the primary of `name`; `host` and `port` are then not used. */
  readonly sentinel:
    | { readonly name: string; readonly nodes: readonly { readonly host: string; readonly port: number }[] }
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
>;

/** `REDIS_URL` wins over the single settings; the Sentinels, when they and a name are set, over the address. */
export function redisTarget(settings: RedisSettings): RedisTarget {
  const { QUEUE_REDIS_SENTINELS: sentinels, QUEUE_REDIS_SENTINEL_NAME: name } = settings;
  const base = settings.REDIS_URL === undefined ? fromFields(settings) : fromUrl(settings.REDIS_URL);
  if (sentinels === undefined || sentinels.length === 0 || name === undefined) return base;
  return { ...base, sentinel: { name, nodes: sentinels.map(hostAndPort) } };
}

/** For people, and to tell one Redis from another. Holds no credentials. */
export function describeTarget(target: RedisTarget): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return target.sentinel === undefined ? `${host}:${target.port}` : `sentinel ${target.sentinel.name}`;
}

export function isLoopback(target: RedisTarget): boolean {
  return target.sentinel === undefined && /^(localhost|127\..*|::1)$/.test(target.host);
}

function fromFields(settings: RedisSettings): RedisTarget {
  return {
    host: settings.QUEUE_REDIS_HOST,
    port: settings.QUEUE_REDIS_PORT,
    db: settings.QUEUE_REDIS_DB,
    username: settings.QUEUE_REDIS_USERNAME,
    password: settings.QUEUE_REDIS_PASSWORD,
    tls: settings.QUEUE_REDIS_TLS,
    sentinel: undefined,
  };
}

function fromUrl(text: string): RedisTarget {
  const url = new URL(text);
  const db = /^\/(\d+)$/.exec(url.pathname)?.[1] ?? url.searchParams.get('db') ?? '0';
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number.parseInt(db, 10) || 0,
    username: url.username === '' ? undefined : decode(url.username),
    password: url.password === '' ? undefined : decode(url.password),
    tls: url.protocol === 'rediss:',
    sentinel: undefined,
  };
}

function hostAndPort(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
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
