/** How a turn that failed is told to the client: the status, a code, and whether to try again. */
export interface TurnFailure {
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
}

const KNOWN: Readonly<Record<string, TurnFailure>> = {
  contextWindowExceeded: { status: 400, code: 'context_length_exceeded', retryable: false },
  badRequest: { status: 400, code: 'bad_request', retryable: false },
  modelNotFound: { status: 404, code: 'model_not_found', retryable: false },
  unauthorized: { status: 502, code: 'backend_unauthorized', retryable: false },
  usageLimitExceeded: { status: 429, code: 'insufficient_quota', retryable: false },
  sessionBudgetExceeded: { status: 429, code: 'insufficient_quota', retryable: false },
  rateLimitExceeded: { status: 429, code: 'rate_limit_exceeded', retryable: true },
  serverOverloaded: { status: 503, code: 'backend_overloaded', retryable: true },
  policyCapacityUnavailable: { status: 503, code: 'backend_overloaded', retryable: true },
  internalServerError: { status: 502, code: 'backend_error', retryable: true },
};
const UNKNOWN: TurnFailure = { status: 502, code: 'backend_error', retryable: false };

/** `info` is the `codexErrorInfo` of the protocol: a name, or an object of one name with a status of the provider. */
export function turnFailure(info: unknown): TurnFailure {
  if (typeof info === 'string') return KNOWN[info] ?? UNKNOWN;
  if (typeof info !== 'object' || info === null) return UNKNOWN;
  const [detail] = Object.values(info) as unknown[];
  const { httpStatusCode: status } = (typeof detail === 'object' && detail !== null ? detail : {}) as {
    httpStatusCode?: unknown;
  };
  if (typeof status !== 'number') return { status: 502, code: 'backend_unreachable', retryable: true };
  if (status === 401 || status === 403)
    return { status: 502, code: 'backend_unauthorized', retryable: false };
  if (status === 429) return { status: 429, code: 'rate_limit_exceeded', retryable: true };
  if (status >= 500) return { status: 502, code: 'backend_error', retryable: true };
  return UNKNOWN;
}
