export { bearerGuard } from './bearer.js';
export { epochOf, moment, monotonic, type Moment } from './clock.js';
export { withDeadline, withOwnTime, type Outcome } from './deadline.js';
export { codedCause, codeOf, firstOfSeveral } from './error-cause.policy.js';
export { every } from './every.js';
export { Listeners } from './listeners.js';
export { takeEnvironment, type TakenEnvironment } from './own-environment.js';
export { createRedact, REDACT, type Redact } from './redact.js';
export {
  isHiddenAlone,
  looksRandom,
  namesSecret,
  passwordsIn,
  secretsByName,
  secretValues,
} from './secret-values.js';
export { loopLateness, type LoopLateness } from './loop-lateness.js';
export { retryAfterMs } from './retry-after.policy.js';
export { storableJson } from './storable-json.js';
export { cut, isStorable, messageOf, shown, storable } from './text.js';
