export { bearerGuard } from './bearer.js';
export { moment, monotonic, type Moment } from './clock.js';
export { withDeadline, type Outcome } from './deadline.js';
export { every } from './every.js';
export { Listeners } from './listeners.js';
export { createRedact, type Redact } from './redact.js';
export { storableJson } from './storable-json.js';
export { cut, isStorable, shown, storable } from './text.js';
