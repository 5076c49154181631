/** What a worker knows at one beat about jobs that it could have taken. */
export interface ConsumptionLook {
  /** Monotonic ms. */
  readonly now: number;
  readonly waiting: boolean;
  readonly queuePaused: boolean;
  /** The concurrency limit of the whole queue is reached. */
  readonly queueAtLimit: boolean;
  readonly workerTakesJobs: boolean;
  readonly slotsFree: boolean;
  /** The worker has a rate limit, so that it may wait by design. */
  readonly rateLimited: boolean;
  readonly pickedUp: number;
}

export interface Idleness {
  /** Since when jobs wait that the worker could take and does not; null when that is not so. */
  readonly since: number | null;
  readonly pickedUp: number;
}

export const NOT_IDLE: Idleness = { since: null, pickedUp: 0 };

/** Idle is not wedged: only time counts in which jobs wait, slots are free and nothing is picked up. */
export function idleness(before: Idleness, look: ConsumptionLook): Idleness {
  const could =
    look.waiting &&
    look.workerTakesJobs &&
    look.slotsFree &&
    !look.queuePaused &&
    !look.queueAtLimit &&
    !look.rateLimited;
  if (!could) return { since: null, pickedUp: look.pickedUp };
  if (before.since === null || look.pickedUp !== before.pickedUp) {
    return { since: look.now, pickedUp: look.pickedUp };
  }
  return before;
}
