import type { Moment } from '../../kernel/index.js';
import { expire, withCauses, type CheckRecord } from './board.state.js';

/** The board at one moment. Plain data, never changed once made. */
export interface Snapshot {
  /** Grows with every change. */
  readonly version: number;
  /** The worst first, causes before what they cause, then in the order in which the checks were added. */
  readonly checks: readonly CheckRecord[];
}

/** What the board knows of the check of this key; undefined where the process has none. */
export function checkOf(snapshot: Snapshot, key: string): CheckRecord | undefined {
  return snapshot.checks.find((check) => check.key === key);
}

/** The snapshot as it may be believed at this moment: answers that are too old have become failures. */
export function believable(snapshot: Snapshot, at: Moment): Snapshot {
  const checks = snapshot.checks.map((each) => expire(each, at));
  return { ...snapshot, checks: withCauses(checks) };
}

/** Monotonic ms until which nothing in the snapshot expires; infinite when all of it already has. */
export function validUntil(snapshot: Snapshot, at: Moment): number {
  let until = Infinity;
  for (const check of snapshot.checks) {
    if (check.validUntil >= at.mono && check.checkedAt !== null) until = Math.min(until, check.validUntil);
  }
  return until;
}
