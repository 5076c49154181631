import { retryAfterMs } from '../kernel/index.js';
import type { Trouble } from './provider-error.js';

/** An answer that is no success, as the three protocols spell it. */
export interface ErrorReply {
  readonly status: number;
  /** `error.code` and `error.type` of the body, in lower case; empty when there are none. */
  readonly names: readonly string[];
  /** `error.message` of the body: read, never shown, for vendors put parts of keys into it. */
  readonly text: string;
}

const QUOTA =
  /^(insufficient_quota|billing_hard_limit_reached|billing_not_active|billing_error|budget_exceeded)$/;
const QUOTA_TEXT = /credit balance is too low|exceeded your current quota|budget has been exceeded/i;
const AUTH =
  /^(invalid_api_key|authentication_error|auth_error|permission_error|account_deactivated|token_expired)$/;
const RATE = /^(rate_limit_exceeded|rate_limit_error|too_many_requests)$/;
const OVERLOAD = /^(overloaded_error|server_overloaded|service_unavailable|engine_overloaded)$/;

const NO_ROUTE = new Set([404, 405, 410, 501]);

/** The error's own name decides before its status: a 429 may be a spent quota, which no waiting mends. */
export function classifyReply({ status, names, text }: ErrorReply): Trouble {
  const named = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (named(QUOTA) || status === 402 || (status >= 400 && status < 500 && QUOTA_TEXT.test(text)))
    return 'llm.quota_exhausted';
  if (status === 401 || status === 403 || named(AUTH)) return 'llm.key_rejected';
  // No route of that name, and nobody who could say so in the protocol: something else stands there.
  if (NO_ROUTE.has(status) && names.length === 0 && text === '') return 'llm.unexpected_answer';
  if (named(OVERLOAD)) return 'llm.overloaded';
  if (status === 429 || named(RATE)) return 'llm.rate_limited';
  if (status >= 500) return 'llm.overloaded';
  if (status === 408) return 'llm.slow';
  return status >= 400 ? 'llm.request_refused' : 'llm.unexpected_answer';
}

const AGAINST =
  /^(invalid_api_key|authentication_error|auth_error|account_deactivated|token_expired|token_revoked|closed|unsupported_country_region_territory)$/;
const SCOPE = /^(missing_scope|insufficient_scope|insufficient_permissions)$/;
const SCOPE_TEXT = /missing scope|insufficient permission/i;

/**
 * What a refused question for the models says of completions. That they cannot be listed, for want of the route or of
 * the right to, says nothing of them; what the key or the account lacks altogether does.
 */
export function classifyListing(reply: ErrorReply): Trouble | 'llm.unverified' {
  const { status, names, text } = reply;
  const code = classifyReply(reply);
  switch (code) {
    case 'llm.request_refused':
    case 'llm.unexpected_answer':
      return 'llm.unverified';
    case 'llm.key_rejected': {
      if (names.some((name) => SCOPE.test(name)) || SCOPE_TEXT.test(text)) return 'llm.unverified';
      return status === 403 && !names.some((name) => AGAINST.test(name)) ? 'llm.unverified' : code;
    }
    case 'llm.overloaded':
      return status === 501 ? 'llm.unverified' : code;
    default:
      return code;
  }
}

/** What an error of the transport means, by its code. An answer that never came is slow, all else is unreachable. */
export function classifyTransport(errorCode: string | undefined): Trouble {
  switch (errorCode) {
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'UND_ERR_ABORTED':
    case 'ABORT_ERR':
      return 'llm.slow';
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return 'llm.unexpected_answer';
    default:
      return errorCode?.startsWith('HPE_') === true ? 'llm.unexpected_answer' : 'llm.unreachable';
  }
}

export function isRetryable(trouble: Trouble): boolean {
  switch (trouble) {
    case 'llm.rate_limited':
    case 'llm.overloaded':
    case 'llm.slow':
    case 'llm.unreachable':
      return true;
    case 'llm.not_configured':
    case 'llm.key_rejected':
    case 'llm.quota_exhausted':
    case 'llm.unexpected_answer':
    case 'llm.request_refused':
      return false;
  }
}

const LONGEST_WAIT_MS = 3_600_000;

/** How long `Retry-After` (seconds or a date) or `retry-after-ms` asks to wait; null when it says nothing sane. */
export function retryAfter(header: (name: string) => string | undefined, now: number): number | null {
  const exact = header('retry-after-ms')?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(exact) ? Number(exact) : retryAfterMs(header('retry-after'), now);
  return ms === null ? null : Math.min(ms, LONGEST_WAIT_MS);
}
