import { GATEWAY_ERRORS, type GatewayErrorCode, type GatewayErrorDefinition } from '../../http/index.js';

/** What the occasion knows better than the registry. */
interface Occasion {
  readonly status?: number;
  readonly type?: GatewayErrorDefinition['type'];
  readonly retryable?: boolean;
  readonly retryAfterS?: number | undefined;
  /** The field that is wrong. */
  readonly param?: string | undefined;
}

/** An error as OpenAI's clients read it: its code, its status, and whether the same request may succeed later. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly parts: Omit<GatewayErrorDefinition, 'message' | 'retryAfterS'> &
    Pick<Occasion, 'retryAfterS' | 'param'> & { readonly code: GatewayErrorCode };

  constructor(code: GatewayErrorCode, message?: string, occasion: Occasion = {}) {
    const { message: usual, ...definition }: GatewayErrorDefinition = GATEWAY_ERRORS[code];
    super(message ?? usual);
    this.parts = { code, ...definition, ...occasion };
  }

  body(): Readonly<Record<string, unknown>> {
    const { type, code, retryable, param } = this.parts;
    return { error: { message: this.message, type, code, param: param ?? null, retryable } };
  }
}

export function workerNotReady(reason: string, retryAfterS = 1): GatewayError {
  return new GatewayError('worker_not_ready', `The backend is not ready (${reason}); try again.`, {
    retryAfterS,
  });
}

export function workerExited(): GatewayError {
  return new GatewayError('worker_exited');
}

export function workerBusy(message?: string): GatewayError {
  return new GatewayError('worker_busy', message);
}

export function requestTimeout(timeoutMs: number): GatewayError {
  return new GatewayError('worker_request_timeout', `The request was not finished within ${timeoutMs} ms.`);
}

export function invalidRequest(message: string, param?: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}

export function refused(
  code: 'closed' | 'invalid_api_key' | 'model_not_found' | 'request_too_large' | 'unsupported_media_type',
  message?: string,
): GatewayError {
  return new GatewayError(code, message);
}

export function backendFailed(
  message: string,
  {
    code = 'backend_error',
    status,
    retryable,
  }: { code?: GatewayErrorCode; status?: number; retryable?: boolean } = {},
): GatewayError {
  return new GatewayError(code, message, {
    type: 'backend_error',
    ...(status === undefined ? {} : { status }),
    ...(retryable === undefined ? {} : { retryable, retryAfterS: retryable ? 2 : undefined }),
  });
}
