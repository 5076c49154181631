/** What workers and those who watch them agree on: where a heartbeat is kept, what it says, and by which rules. */
export { attemptId, nextAttempts, workOf } from './attempt-id.policy.js';
export { LONGEST_ID, LONGEST_NAME, MAX_AGE_MS, MOST_LISTED, readable } from './bounds.js';
export type { StoredHeartbeat } from './heartbeat.js';
export {
  aliveChannel,
  bullKey,
  CANARY_JOB,
  heartbeatKey,
  indexKey,
  probityKey,
  stampKey,
  type QueueScope,
} from './keys.js';
export { rateLimitLeft, rateMaxOf, reachedLimit, type ReachedLimit } from './limits.policy.js';
export { PRESENCE_LUA } from './presence.script.js';
export { SERVER_MS_LUA } from './server-clock.js';
export { WIRE_VERSION } from './version.js';
