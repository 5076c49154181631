import type { Code } from '../health/index.js';
import { firstOfSeveral } from '../kernel/index.js';
import { isDriverError, messageWithoutValues } from './driver-error.policy.js';

export type DatabaseCode = Extract<Code, `database.${string}`>;

/** A driver's error, understood. */
export interface DatabaseFailure {
  readonly code: DatabaseCode;
  /** In the driver's own words; redact it before it is shown. */
  readonly text: string;
  /** The connection is no more, or cannot be trusted any more. */
  readonly fatal: boolean;
}

const BY_SQLSTATE: Readonly<Record<string, DatabaseCode>> = {
  '28P01': 'database.credentials_rejected',
  '3D000': 'database.missing',
  '53300': 'database.connection_limit',
  '53400': 'database.connection_limit',
  '53100': 'database.disk_full',
  '53200': 'database.out_of_memory',
  '55P03': 'database.locked',
  '57014': 'database.unresponsive',
  '57P04': 'database.missing',
  '25006': 'database.read_only',
  '42501': 'database.permission_denied',
  '42P01': 'database.table_missing',
  XX001: 'database.storage_error',
  XX002: 'database.storage_error',
};

/** What every code of a class has in common, where the code itself is not in the table above. */
const BY_CLASS: readonly (readonly [RegExp, DatabaseCode])[] = [
  [/^08/, 'database.unreachable'],
  [/^28/, 'database.credentials_rejected'],
  [/^57P/, 'database.not_accepting'],
  [/^58/, 'database.storage_error'],
];

/**
 * Poolers give all of their own errors one SQLSTATE (08P01, and 58000 where they cannot reach the server); these are
 * PgBouncer's words. Some of them hand on the server's, so what the server says is looked for first.
 */
const OF_POOLER: readonly (readonly [RegExp, DatabaseCode])[] = [
  [/statement pooling mode/i, 'database.statement_pooling'],
  [
    /too many (clients|connections)|remaining connection slots|no more connections allowed/i,
    'database.connection_limit',
  ],
  [/query_wait_timeout|max_(client|db|user)\w*_conn/i, 'database.connection_limit'],
  [/no such database|database .*(does not exist|is disabled)|database removed/i, 'database.missing'],
  [
    /no such user|(role|user) .*does not exist|auth(entication)? failed|password|pg_hba\.conf|not allowed|login rejected/i,
    'database.credentials_rejected',
  ],
  [/\b(SSL|TLS|certificate)\b/i, 'database.tls_failed'],
  [
    /(database|pooler|bouncer|server)\b.* (is )?(starting up|shut(ting)? ?down)|in recovery mode|administrator command/i,
    'database.not_accepting',
  ],
  [/pause|suspend/i, 'database.not_accepting'],
  [/query[_ ]timeout|client_login_timeout|connect timeout|login timeout/i, 'database.unresponsive'],
  [/unsupported (startup|pkt)|parameter/i, 'database.error'],
];

const BY_ERRNO: Readonly<Record<string, DatabaseCode>> = {
  ECONNREFUSED: 'database.unreachable',
  ECONNRESET: 'database.unreachable',
  ECONNABORTED: 'database.unreachable',
  EHOSTUNREACH: 'database.unreachable',
  EHOSTDOWN: 'database.unreachable',
  ENETDOWN: 'database.unreachable',
  EACCES: 'database.unreachable',
  EMFILE: 'database.unreachable',
  ENFILE: 'database.unreachable',
  ENETUNREACH: 'database.unreachable',
  EADDRNOTAVAIL: 'database.unreachable',
  ENOTFOUND: 'database.unreachable',
  EAI_AGAIN: 'database.unreachable',
  ENOENT: 'database.unreachable',
  EPIPE: 'database.unreachable',
  ETIMEDOUT: 'database.unresponsive',
};

/** The driver gives some of its errors no code; these are its words. */
const BY_TEXT: readonly (readonly [RegExp, DatabaseCode])[] = [
  [/timeout expired|timeout exceeded|connection timeout|read timeout/i, 'database.unresponsive'],
  [/^connection (terminated|error|ended)|not queryable|was closed/i, 'database.unreachable'],
  [/after calling end on the pool|^received unexpected/i, 'database.unreachable'],
  [/\bSASL\b|password must be|asks for a password/i, 'database.credentials_rejected'],
  [/\b(SSL|TLS|certificate)\b/i, 'database.tls_failed'],
];

/** SQLSTATEs after which the session is over; all others leave the connection in order. */
const SESSION_OVER = /^(08|28|3D|57P|58|XX)/;
/** None begins with E; EPIPE and EBADF, which Node says, do. */
const SQLSTATE = /^(?!E)[0-9A-Z]{5}$/;
const TLS_CODE = /^(ERR_(TLS|SSL)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** Errors that may come of what one session keeps (read-only by default, a role, a search path) and others do not. */
const OF_SESSION = new Set(['25006', '42501', '42P01', '3F000']);

/** Says what a driver's error means. What is not known is a failure of its own, with its text. */
export function failureOf(error: unknown): DatabaseFailure {
  const cause = firstOfSeveral(error);
  const code = property(cause, 'code');
  const text = isDriverError(cause)
    ? messageWithoutValues(cause)
    : property(cause, 'message') || code || String(cause);
  return {
    code: codeOf(code, text) ?? 'database.error',
    text,
    fatal: !isSqlState(code) || SESSION_OVER.test(code),
  };
}

/** Whether another session might not have given this error, so that the connection is not worth keeping. */
export function isOfSession(error: unknown): boolean {
  return OF_SESSION.has(property(firstOfSeveral(error), 'code'));
}

/** Whether the statement was well and met another one: a serialization failure or a deadlock (class 40). */
export function isRetriable(error: unknown): boolean {
  return /^40\w{3}$/.test(property(firstOfSeveral(error), 'code'));
}

/** Whether the connection that gave the error must not be used again. An error of our own says nothing of it. */
export function isLost(error: unknown): boolean {
  const { code, fatal } = failureOf(error);
  return fatal && (isDriverError(error) || code !== 'database.error');
}

function codeOf(code: string, text: string): DatabaseCode | undefined {
  if (!isSqlState(code)) {
    return BY_ERRNO[code] ?? (TLS_CODE.test(code) ? 'database.tls_failed' : first(BY_TEXT, text));
  }
  if (/^08|^58000/.test(code)) return first(OF_POOLER, text) ?? first(BY_CLASS, code);
  return BY_SQLSTATE[code] ?? first(BY_CLASS, code);
}

function first(table: readonly (readonly [RegExp, DatabaseCode])[], text: string): DatabaseCode | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}

function isSqlState(code: string): boolean {
  return SQLSTATE.test(code);
}

function property(value: unknown, name: string): string {
  const found: unknown = Reflect.get(Object(value), name);
  return typeof found === 'string' ? found : '';
}
