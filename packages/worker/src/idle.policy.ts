import type { ReachedLimit } from './limits.policy.js';

/** What a worker knows at one beat about jobs that it could have taken. */
export interface ConsumptionLook {
  /** Monotonic ms. */
  readonly now: number;
  /** Jobs wait that are due by the clock of the worker too: BullMQ promotes delayed ones by that clock. */
  readonly waiting: boolean;
  readonly limit: ReachedLimit | null;
  /** Every limit was looked at: that none is reached is known, and not only unknown. */
  readonly limitsKnown: boolean;
  readonly workerTakesJobs: boolean;
  readonly slotsFree: boolean;
  readonly pickedUp: number;
}

export interface Idleness {
  /** Since when jobs wait that the worker could take and does not; null when that is not so. */
  readonly since: number | null;
  /** The same, while a limit may yet explain it. */
  readonly suspectedAt: number | null;
  readonly pickedUp: number;
}

export const NOT_IDLE: Idleness = { since: null, suspectedAt: null, pickedUp: 0 };

/** Idle is not wedged: only time counts in which jobs wait, slots are free and nothing is picked up. */
export function idleness(before: Idleness, look: ConsumptionLook): Idleness {
  const could = look.waiting && look.workerTakesJobs && look.slotsFree && look.limit === null;
  if (!could) return { ...NOT_IDLE, pickedUp: look.pickedUp };
  const goesOn = before.suspectedAt !== null && look.pickedUp === before.pickedUp;
  const suspectedAt = goesOn ? before.suspectedAt : look.now;
  return {
    since: look.limitsKnown ? suspectedAt : goesOn ? before.since : null,
    suspectedAt,
    pickedUp: look.pickedUp,
  };
}
