import type { Code } from '../health/index.js';
import { firstOfSeveral } from '../kernel/index.js';

export type RedisCode = Extract<Code, `redis.${string}` | 'queue.not_configured'>;

/** An error of Redis or of the way to it, understood. */
export interface RedisFailure {
  readonly code: RedisCode;
  /** In Redis's own words; redact it before it is shown. */
  readonly text: string;
  /** True when the connection itself is gone, so that a new one may tell more. */
  readonly disconnected: boolean;
}

/** Replies of Redis begin with a word of their own, or are known by their text. First match wins. */
const REPLIES: readonly (readonly [RegExp, RedisCode])[] = [
  [/\bOOM\b/, 'redis.out_of_memory'],
  [/\bMISCONF\b.*\b(AOF|append)/i, 'redis.aof_failing'],
  [/\bMISCONF\b/, 'redis.snapshot_failing'],
  [/\bREADONLY\b/, 'redis.read_only'],
  [
    /\b(WRONGPASS|NOAUTH)\b|invalid (username-password|password)|authentication required/i,
    'redis.credentials_rejected',
  ],
  [/max number of clients/i, 'redis.connection_limit'],
  // The last two are what Redis 7.0 says within a script.
  [/\bNOPERM\b|no permissions|can't run this command|can't access at least one/i, 'redis.not_permitted'],
  [/DB index is out of range|SELECT is not allowed|invalid DB index/i, 'redis.wrong_database'],
  [/\bLOADING\b/, 'redis.loading'],
  [/\bBUSY\b/, 'redis.busy'],
  [/\bCLUSTERDOWN\b/, 'redis.cluster_down'],
  [/\bMASTERDOWN\b/, 'redis.master_down'],
  [/\bNOREPLICAS\b/, 'redis.too_few_replicas'],
];

/** Errors of the way there; ioredis gives some of its own no code, and these are its words. */
const ERRNO: Readonly<Record<string, RedisCode>> = {
  ECONNREFUSED: 'redis.unreachable',
  ECONNRESET: 'redis.unreachable',
  ECONNABORTED: 'redis.unreachable',
  EHOSTUNREACH: 'redis.unreachable',
  ENETUNREACH: 'redis.unreachable',
  EADDRNOTAVAIL: 'redis.unreachable',
  EPIPE: 'redis.unreachable',
  ENOENT: 'redis.unreachable',
  ENOTFOUND: 'redis.unresolved',
  EAI_AGAIN: 'redis.unresolved',
  ETIMEDOUT: 'redis.connect_timeout',
  EPROTO: 'redis.tls_failed',
};
const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;
const WORDS: readonly (readonly [RegExp, RedisCode])[] = [
  [/settings of Redis cannot be used/, 'queue.not_configured'],
  [
    /connection is closed|connection.*closed|isn't writeable|max retries per request|all sentinels are unreachable/i,
    'redis.unreachable',
  ],
  [/command timed out|socket timeout/i, 'redis.timeout'],
  [/\b(SSL|TLS|certificate)\b/i, 'redis.tls_failed'],
];

/** Where in a script of ours it happened tells people nothing. */
const WHERE_IN_SCRIPT = / script: [0-9a-f]{40}, on @user_script:\d+\.?$/;

/** Says what an error of the driver means. What is not known is a failure of its own, with its text. */
export function redisFailure(error: unknown): RedisFailure {
  const cause = rootOf(error);
  const errno = field(cause, 'code');
  const text = (field(cause, 'message') || errno || String(cause)).replace(WHERE_IN_SCRIPT, '');
  const way = ERRNO[errno] ?? (TLS.test(errno) ? 'redis.tls_failed' : undefined);
  if (way !== undefined) return { code: way, text, disconnected: true };
  const reply = matching(REPLIES, text);
  // Refused at the door: Redis closes the connection after these two.
  if (reply !== undefined) return { code: reply, text, disconnected: reply === 'redis.connection_limit' };
  const words = matching(WORDS, text);
  if (words !== undefined) return { code: words, text, disconnected: true };
  return { code: 'redis.unexpected_reply', text, disconnected: false };
}

function matching(table: readonly (readonly [RegExp, RedisCode])[], text: string): RedisCode | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}

/** ioredis's last error wraps the one that says something. */
function rootOf(error: unknown): unknown {
  const first = firstOfSeveral(error);
  const { lastNodeError, previousErrors } = Object(first) as Record<string, unknown>;
  const wrapped: unknown = lastNodeError ?? (Array.isArray(previousErrors) ? previousErrors.at(-1) : null);
  return wrapped === undefined || wrapped === null ? first : rootOf(wrapped);
}

function field(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const found = (value as Record<string, unknown>)[name];
  return typeof found === 'string' ? found : '';
}
