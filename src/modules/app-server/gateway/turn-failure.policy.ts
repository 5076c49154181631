import type { GatewayErrorCode } from '../../http/index.js';

/** How a turn that failed is told to the client: a code of the registry, and whether to try again. */
export interface TurnFailure {
  readonly code: GatewayErrorCode;
  readonly retryable: boolean;
}

const KNOWN: Readonly<Record<string, TurnFailure>> = {
  contextWindowExceeded: { code: 'context_length_exceeded', retryable: false },
  badRequest: { code: 'bad_request', retryable: false },
  modelNotFound: { code: 'model_not_found', retryable: false },
  unauthorized: { code: 'backend_unauthorized', retryable: false },
  usageLimitExceeded: { code: 'insufficient_quota', retryable: false },
  sessionBudgetExceeded: { code: 'insufficient_quota', retryable: false },
  rateLimitExceeded: { code: 'rate_limit_exceeded', retryable: true },
  serverOverloaded: { code: 'backend_overloaded', retryable: true },
  policyCapacityUnavailable: { code: 'backend_overloaded', retryable: true },
  internalServerError: { code: 'backend_error', retryable: true },
};
const UNKNOWN: TurnFailure = { code: 'backend_error', retryable: false };

/** `info` is the `codexErrorInfo` of the protocol: a name, or an object of one name with a status of the provider. */
export function turnFailure(info: unknown): TurnFailure {
  if (typeof info === 'string') return Object.hasOwn(KNOWN, info) ? (KNOWN[info] ?? UNKNOWN) : UNKNOWN;
  if (typeof info !== 'object' || info === null) return UNKNOWN;
  const [detail] = Object.values(info) as unknown[];
  const { httpStatusCode: status } = (typeof detail === 'object' && detail !== null ? detail : {}) as {
    httpStatusCode?: unknown;
  };
  if (typeof status !== 'number') return { code: 'backend_unreachable', retryable: true };
  if (status === 401 || status === 403) return { code: 'backend_unauthorized', retryable: false };
  if (status === 429) return { code: 'rate_limit_exceeded', retryable: true };
  if (status >= 500) return { code: 'backend_error', retryable: true };
  return UNKNOWN;
}
