import type { FailureCode } from '../../http/index.js';

/** A try of a step that failed. `code` is stable; the message is for people and holds no secret. */
export class StepError extends Error {
  override readonly name = 'StepError';

  constructor(
    readonly code: FailureCode,
    message: string,
    /** Whether the same try may succeed later, and how long to wait at least (ms). */
    readonly again: { readonly retryable: boolean; readonly retryAfterMs?: number | null } = {
      retryable: false,
    },
  ) {
    super(message);
  }
}
