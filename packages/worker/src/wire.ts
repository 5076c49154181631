/** What workers and those who watch them agree on: where a heartbeat is kept, what it says, and by which rules. */
export { attemptId, isRepeated, nextAttempts, workOf } from './attempt-id.policy.js';
export { LONGEST_ID, MAX_AGE_MS, MOST_LISTED, readable } from './bounds.js';
export type { HeartbeatBody, StoredHeartbeat, WorkerState } from './heartbeat.js';
export {
  aliveChannel,
  CANARY_JOB,
  heartbeatKey,
  indexKey,
  probityKey,
  bullKey,
  sentinelKey,
  type QueueScope,
} from './keys.js';
export {
  rateLimitLeft,
  rateMaxOf,
  reachedLimit,
  type LimitFacts,
  type RateWindow,
  type ReachedLimit,
} from './limits.policy.js';
export { SERVER_MS_LUA } from './server-clock.js';
