export { QueueDoubt } from './check/queue-doubt.js';
export { QueueDiscovery } from './discovery/queue-discovery.js';
export { queueKey } from './keys.js';
export { JOB_STATE_KEYS, JOB_STATES_AT_ONCE, JOB_STATES_SCRIPT } from './look/job-states.script.js';
export type { QueueCode } from './queue-code.js';
export { primaryQueue } from './primary-queue.js';
export { QUEUE_OPTIONS, type QueueOptions, type QueueProblem } from './queue.options.js';
export { QueueConnectionModule } from './queue-connection.module.js';
export { QueueModule } from './queue.module.js';
export { QUEUE_CONNECTION } from './tokens.js';
export { whyUnusable } from './unusable.policy.js';
export type { Loss } from './incarnation/incarnation.state.js';
export {
  QueueIncarnation,
  type LossListener,
  type QueueLoss,
} from './incarnation/queue-incarnation.service.js';
export type { ProcessQueue, QueueConflict, QueueIdentity } from './identity/queue-identity.js';
export { QueueIdentityService } from './identity/queue-identity.service.js';
