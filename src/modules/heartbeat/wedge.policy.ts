import type { ReachedLimit } from '@probity/worker/wire';

/** After Redis came back nobody is called wedged for this long: reconnects take their time. */
export const GRACE_AFTER_REDIS_MS = 60_000;

/** What is known of one worker, by itself or by those who watch it. */
export interface WedgeFacts {
  /** It says that it takes jobs, and has begun to. */
  readonly takesJobs: boolean;
  /** How long jobs have waited that it could have taken and did not; null when that is not so. */
  readonly idleWhileWaitingMs: number | null;
  readonly limit: ReachedLimit | null;
  /** Since Redis came back; null when it was not away. */
  readonly redisBackForMs: number | null;
}

/**
 * Wedged: jobs wait, slots are free, no limit is reached, and nothing has been picked up for so long, while Redis
 * answers and has done so for a while. Answers for how long, 0 when it is not so. What cannot be told never counts:
 * a restart hangs on it.
 */
export function wedgedForMs(facts: WedgeFacts, wedgedAfterMs: number): number {
  const { takesJobs, idleWhileWaitingMs, limit, redisBackForMs } = facts;
  if (!takesJobs || idleWhileWaitingMs === null || limit !== null) return 0;
  if (redisBackForMs !== null && redisBackForMs < GRACE_AFTER_REDIS_MS) return 0;
  return idleWhileWaitingMs >= wedgedAfterMs ? idleWhileWaitingMs : 0;
}
