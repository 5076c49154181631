import type { FailureCode } from '../../http/index.js';

/** What an answer or a broken connection means for a step. */
export interface HttpFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

/** Null when the answer is a success. */
export function failureOfStatus(
  status: number,
  retryAfter: string | undefined,
  now: number,
): HttpFailure | null {
  if (status < 400) return null;
  const retryable = status >= 500 || status === 429 || status === 408;
  return {
    code: `http.status_${status}`,
    message: `the server answered ${status}`,
    retryable,
    retryAfterMs: retryable ? retryAfterMs(retryAfter, now) : null,
  };
}

/** `Retry-After` as ms from `now` (epoch ms): seconds or a date; null when it says neither. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

const PERMANENT: Readonly<Record<string, FailureCode>> = {
  'http.address_forbidden': 'http.address_forbidden',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'http.response_too_large',
  UND_ERR_INVALID_ARG: 'http.invalid_request',
  ERR_TLS_CERT_ALTNAME_INVALID: 'http.certificate',
  CERT_HAS_EXPIRED: 'http.certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'http.certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'http.certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'http.certificate',
};

/** A request that got no answer; what the network did once it may not do again. */
export function failureOfTransport(error: unknown): HttpFailure {
  const { code, message } = rootOf(error);
  const permanent = Object.hasOwn(PERMANENT, code) ? PERMANENT[code] : undefined;
  if (permanent !== undefined) return { code: permanent, message, retryable: false, retryAfterMs: null };
  return {
    code: 'http.network',
    message: `no answer from the server: ${code === '' ? message : code}`,
    retryable: true,
    retryAfterMs: null,
  };
}

/** The error with a code: the error itself, its cause, or the first of several addresses'. */
function rootOf(error: unknown): { code: string; message: string } {
  const { code, message, cause, errors } = Object(error) as Partial<Record<string, unknown>>;
  if (typeof code === 'string') return { code, message: String(message) };
  const inner = cause ?? (Array.isArray(errors) ? (errors as unknown[])[0] : undefined);
  return inner === undefined ? { code: '', message: String(message ?? error) } : rootOf(inner);
}
