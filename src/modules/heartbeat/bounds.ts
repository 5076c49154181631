import { cut, shown, storable } from '../kernel/index.js';

/** Of what others wrote into Redis: whatever stands there, it can be shown, stored, and be forgotten. */

/** A heartbeat lists so many of its jobs at most, with ids of so many characters. */
export const MOST_LISTED = 200;
export const LONGEST_ID = 200;
/** Far beyond any clock, and still a date. */
export const LATEST_MS = 1e14;
/** Three centuries. */
export const MAX_AGE_MS = 1e13;
export const A_DAY_MS = 86_400_000;
export const MAX_PID = 2 ** 32;

/** What was written by somebody else, fit for a line of a terminal and a row of PostgreSQL. */
export function readable(value: string, longest: number): string {
  return cut(shown(storable(value)), longest);
}
