export { LONGEST_ID, MAX_AGE_MS, MOST_LISTED, readable } from '@probity/worker/wire';

/** Of what others wrote into Redis: whatever stands there, it can be shown, stored, and be forgotten. */

/** Far beyond any clock, and still a date. */
export const LATEST_MS = 1e14;
export const A_DAY_MS = 86_400_000;
export const MAX_PID = 2 ** 32;
