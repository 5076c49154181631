import type { ReachedLimit } from './limits.policy.js';

/** What a worker knows at one beat about jobs that it could have taken. */
export interface ConsumptionLook {
  /** Monotonic ms. */
  readonly now: number;
  /** Jobs wait that are due by the clock of the worker too: BullMQ promotes delayed ones by that clock. */
  readonly waiting: boolean;
  readonly limit: ReachedLimit | null;
  readonly workerTakesJobs: boolean;
  readonly slotsFree: boolean;
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
  const could = look.waiting && look.workerTakesJobs && look.slotsFree && look.limit === null;
  if (!could) return { since: null, pickedUp: look.pickedUp };
  if (before.since === null || look.pickedUp !== before.pickedUp) {
    return { since: look.now, pickedUp: look.pickedUp };
  }
  return before;
}
