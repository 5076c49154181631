import type { RetrySetting } from '../definition/workflow.js';

export const DEFAULT_RETRY: RetrySetting = { maxAttempts: 3, backoffMs: 500 };
const MAX_WAIT_MS = 60_000;

export interface Failed {
  /** Tries that failed so far, this one included. A try that was cut short by a dying worker is not one. */
  readonly failures: number;
  /** Whether the same try may succeed later. */
  readonly retryable: boolean;
  /** How long the other side asks to wait, null when it does not say. */
  readonly retryAfterMs: number | null;
}

export type RetryDecision =
  { readonly kind: 'retry'; readonly delayMs: number } | { readonly kind: 'give-up' };

/** Decides on a failed try. `random` is in [0, 1): each wait is half to all of its doubling backoff. */
export function afterFailure(failed: Failed, retry: RetrySetting, random: number): RetryDecision {
  if (!failed.retryable || failed.failures >= retry.maxAttempts) return { kind: 'give-up' };
  const backoff = Math.min(MAX_WAIT_MS, retry.backoffMs * 2 ** (failed.failures - 1));
  const wait = backoff * (0.5 + random / 2);
  return {
    kind: 'retry',
    delayMs: Math.round(Math.min(MAX_WAIT_MS, Math.max(wait, failed.retryAfterMs ?? 0))),
  };
}
