/** An error as OpenAI's clients read it: its code, its status, and whether the same request may succeed later. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  constructor(
    message: string,
    readonly parts: {
      readonly status: number;
      readonly code: string;
      readonly type: 'backend_unavailable' | 'backend_error' | 'invalid_request_error';
      readonly retryable: boolean;
      readonly retryAfterS?: number;
      /** The field that is wrong. */
      readonly param?: string;
    },
  ) {
    super(message);
  }

  body(): Readonly<Record<string, unknown>> {
    const { type, code, retryable, param } = this.parts;
    return { error: { message: this.message, type, code, param: param ?? null, retryable } };
  }
}

function unavailable(status: number, code: string, message: string, retryAfterS = 1): GatewayError {
  return new GatewayError(message, {
    status,
    code,
    type: 'backend_unavailable',
    retryable: true,
    retryAfterS,
  });
}

export function workerNotReady(reason: string, retryAfterS = 1): GatewayError {
  return unavailable(
    503,
    'worker_not_ready',
    `The backend is not ready (${reason}); try again.`,
    retryAfterS,
  );
}

export function workerExited(): GatewayError {
  return unavailable(503, 'worker_exited', 'The backend ended while it worked on the request; try again.');
}

export function workerBusy(message = 'All slots of the backend are taken; try again.'): GatewayError {
  return unavailable(429, 'worker_busy', message);
}

export function requestTimeout(timeoutMs: number): GatewayError {
  return unavailable(504, 'worker_request_timeout', `The request was not finished within ${timeoutMs} ms.`);
}

export function invalidRequest(message: string, param?: string, code = 'invalid_request'): GatewayError {
  return new GatewayError(message, {
    status: 400,
    code,
    type: 'invalid_request_error',
    retryable: false,
    ...(param === undefined ? {} : { param }),
  });
}

export function refused(status: 401 | 403 | 404 | 413 | 415, code: string, message: string): GatewayError {
  return new GatewayError(message, { status, code, type: 'invalid_request_error', retryable: false });
}

export function backendFailed(
  message: string,
  { status = 502, code = 'backend_error', retryable = false } = {},
): GatewayError {
  return new GatewayError(message, {
    status,
    code,
    type: 'backend_error',
    retryable,
    ...(retryable ? { retryAfterS: 2 } : {}),
  });
}
