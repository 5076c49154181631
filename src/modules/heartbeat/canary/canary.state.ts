/** The end-to-end canary of one queue. Times are monotonic ms. */
export interface CanaryState {
  /** Under way; null when none is. */
  readonly sent: { readonly nonce: string; readonly at: number } | null;
  readonly lastSentAt: number;
  /** Since when the queue could have run it without a wait. */
  readonly freeSince: number | null;
  /** When the wait of a canary that never came back had become too long; null while they come back. */
  readonly lostSince: number | null;
}

/** What a look at the queue tells. */
export interface CanaryLook {
  /** Nonces that came back with the heartbeats. */
  readonly echoes: readonly string[];
  /** A healthy worker has a free slot, and nothing is paused or limited. */
  readonly free: boolean;
  /** Nothing waits before it, and no worker would hand it to a user's processor. */
  readonly mayTravel: boolean;
}

export interface CanaryLimits {
  readonly intervalMs: number;
  readonly allowedWaitMs: number;
}

export type CanaryEffect =
  { readonly kind: 'send' } | { readonly kind: 'withdraw'; readonly nonce: string } | null;

export const NO_CANARY: CanaryState = { sent: null, lastSentAt: -Infinity, freeSince: null, lostSince: null };

export function nextCanary(
  before: CanaryState,
  look: CanaryLook,
  limits: CanaryLimits,
  now: number,
): { readonly state: CanaryState; readonly effect: CanaryEffect } {
  const freeSince = look.free ? (before.freeSince ?? now) : null;
  const state = { ...before, freeSince };
  const { sent } = before;
  if (sent !== null) {
    if (look.echoes.includes(sent.nonce))
      return { state: { ...state, sent: null, lostSince: null }, effect: null };
    // Only time counts in which it could have run at once.
    const waitedMs = freeSince === null ? 0 : now - Math.max(freeSince, sent.at);
    if (waitedMs <= limits.allowedWaitMs) return { state, effect: null };
    const lostSince = before.lostSince ?? now;
    return { state: { ...state, sent: null, lostSince }, effect: { kind: 'withdraw', nonce: sent.nonce } };
  }
  const due = now - before.lastSentAt >= limits.intervalMs;
  if (!due || !look.free || !look.mayTravel) return { state, effect: null };
  return { state: { ...state, lastSentAt: now }, effect: { kind: 'send' } };
}

/** The queue holds it. */
export function canarySent(before: CanaryState, nonce: string, now: number): CanaryState {
  return { ...before, sent: { nonce, at: now } };
}
