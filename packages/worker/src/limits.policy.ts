/**
 * What holds jobs back on purpose. A limit that is reached explains why jobs wait; one that merely exists explains
 * nothing. The worker and those who watch it ask the same questions of Redis and decide here.
 */
export type ReachedLimit =
  | { readonly kind: 'pause' }
  /** `leftMs`: until the next job may be taken. */
  | { readonly kind: 'rate'; readonly leftMs: number }
  | { readonly kind: 'concurrency'; readonly limit: number };

/** The window of a rate limit as BullMQ keeps it. */
export interface RateWindow {
  /** The queue's own limit, else the one of the worker's options; null when neither has one. */
  readonly max: number | null;
  /** Jobs taken in this window. */
  readonly used: number;
  /** PTTL of the window; not positive when none is open. */
  readonly leftMs: number;
}

export interface LimitFacts {
  readonly paused: boolean;
  /** How long no job may be taken, see `rateLimitLeft`. */
  readonly rateLimitLeftMs: number | null;
  /** Of the whole queue; null when it has none. */
  readonly concurrency: number | null;
  readonly active: number;
}

/** How long the rate limit lets nothing through; null when it is not reached. BullMQ decides by the same rule. */
export function rateLimitLeft({ max, used, leftMs }: RateWindow): number | null {
  return max !== null && used >= max && leftMs > 0 ? leftMs : null;
}

/** The queue's limit comes before the one that a worker brings along, as in BullMQ. */
export function rateMaxOf(ofQueue: number | null, ofWorkers: readonly (number | null)[]): number | null {
  if (ofQueue !== null) return ofQueue;
  const own = ofWorkers.filter((each) => each !== null);
  return own.length === 0 ? null : Math.min(...own);
}

export function reachedLimit(facts: LimitFacts): ReachedLimit | null {
  const { paused, rateLimitLeftMs, concurrency, active } = facts;
  if (paused) return { kind: 'pause' };
  if (rateLimitLeftMs !== null) return { kind: 'rate', leftMs: rateLimitLeftMs };
  if (concurrency !== null && active >= concurrency) return { kind: 'concurrency', limit: concurrency };
  return null;
}
