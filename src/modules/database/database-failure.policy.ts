import type { Code } from '../health/index.js';

export type DatabaseCode = Extract<Code, `database.${string}`>;

/** A driver's error, understood. */
export interface Failure {
  readonly code: DatabaseCode;
  /** In the driver's own words; redact it before it is shown. */
  readonly text: string;
  /** The connection is no more, or cannot be trusted any more. */
  readonly fatal: boolean;
}

const BY_SQLSTATE: Readonly<Record<string, DatabaseCode>> = {
  '28P01': 'database.credentials_rejected',
  '28000': 'database.credentials_rejected',
  '3D000': 'database.missing',
  '53300': 'database.connection_limit',
  '53100': 'database.disk_full',
  '53200': 'database.out_of_memory',
  '57P01': 'database.not_accepting',
  '57P02': 'database.not_accepting',
  '57P03': 'database.not_accepting',
  '57014': 'database.unresponsive',
  '25006': 'database.read_only',
  '42501': 'database.permission_denied',
  '42P01': 'database.table_missing',
  '58030': 'database.storage_error',
  '58P01': 'database.storage_error',
  XX001: 'database.storage_error',
  XX002: 'database.storage_error',
};

const BY_ERRNO: Readonly<Record<string, DatabaseCode>> = {
  ECONNREFUSED: 'database.unreachable',
  ECONNRESET: 'database.unreachable',
  ECONNABORTED: 'database.unreachable',
  EHOSTUNREACH: 'database.unreachable',
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
  [/\bSASL\b|password must be/i, 'database.credentials_rejected'],
  [/\b(SSL|TLS|certificate)\b/i, 'database.tls_failed'],
];

/** SQLSTATEs after which the session is over; all others leave the connection in order. */
const SESSION_OVER = /^(08|28|3D|57P|58|XX)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const TLS_CODE = /^(ERR_(TLS|SSL)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** Says what a driver's error means. What is not known is a failure of its own, with its text. */
export function failureOf(error: unknown): Failure {
  const cause = firstOf(error);
  const code = property(cause, 'code');
  const text = property(cause, 'message') || code || String(cause);
  return {
    code: codeOf(code) ?? BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? 'database.error',
    text,
    fatal: !isSqlState(code) || SESSION_OVER.test(code),
  };
}

function codeOf(code: string): DatabaseCode | undefined {
  return BY_SQLSTATE[code] ?? BY_ERRNO[code] ?? (TLS_CODE.test(code) ? 'database.tls_failed' : undefined);
}

// EPIPE looks like a SQLSTATE.
function isSqlState(code: string): boolean {
  return SQLSTATE.test(code) && BY_ERRNO[code] === undefined;
}

/** A host with several addresses fails once for each of them; the first says what is wrong. */
function firstOf(error: unknown): unknown {
  const errors: unknown = Reflect.get(Object(error), 'errors');
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : error;
}

function property(value: unknown, name: string): string {
  const found: unknown = Reflect.get(Object(value), name);
  return typeof found === 'string' ? found : '';
}
