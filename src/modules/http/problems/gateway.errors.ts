/** What a code of the `/v1` gateway means, in the terms of OpenAI's clients. */
export interface GatewayErrorDefinition {
  readonly status: number;
  readonly type: 'backend_unavailable' | 'backend_error' | 'invalid_request_error';
  readonly retryable: boolean;
  /** When to come back, in seconds, unless the occasion knows better. */
  readonly retryAfterS?: number;
  readonly message: string;
}

const refused = (status: number, message: string) =>
  ({ status, type: 'invalid_request_error', retryable: false, message }) as const;
const unavailable = (status: number, message: string) =>
  ({ status, type: 'backend_unavailable', retryable: true, retryAfterS: 1, message }) as const;
const failed = (status: number, message: string) =>
  ({ status, type: 'backend_error', retryable: false, message }) as const;
const failedForNow = (status: number, message: string) =>
  ({ status, type: 'backend_error', retryable: true, retryAfterS: 2, message }) as const;

/** Errors of `/v1/*`. They have the shape of OpenAI's, for their readers are OpenAI's clients. */
export const GATEWAY_ERRORS = {
  closed: refused(403, 'The gateway is closed in production until API_TOKEN is set.'),
  invalid_api_key: refused(401, 'The gateway needs API_TOKEN: send Authorization: Bearer <API_TOKEN>.'),
  invalid_request: refused(400, 'The request cannot be read.'),
  model_not_found: refused(404, 'There is no such model; GET /v1/models lists them.'),
  request_too_large: refused(413, 'The body is larger than the gateway takes.'),
  unsupported_media_type: refused(415, 'Send application/json.'),
  request_too_slow: refused(408, 'The body comes too slowly; send it in one piece.'),
  worker_not_ready: unavailable(503, 'The backend is not ready; try again.'),
  worker_exited: unavailable(503, 'The backend ended while it worked on the request; try again.'),
  worker_busy: unavailable(429, 'All slots of the backend are taken; try again.'),
  worker_request_timeout: unavailable(504, 'The request was not finished in time.'),
  context_length_exceeded: failed(400, 'The conversation is longer than the model takes.'),
  bad_request: failed(400, 'The backend refuses the request.'),
  insufficient_quota: failed(429, 'The quota of the backend is spent.'),
  rate_limit_exceeded: failedForNow(429, 'The backend is asked too often; try again.'),
  backend_overloaded: failedForNow(503, 'The backend is overloaded; try again.'),
  backend_unauthorized: failed(502, "The backend's own credentials are refused."),
  backend_unreachable: failedForNow(502, 'The backend cannot be reached; try again.'),
  backend_error: failed(502, 'The backend failed.'),
} as const satisfies Readonly<Record<string, GatewayErrorDefinition>>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;
