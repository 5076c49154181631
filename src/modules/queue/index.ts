export { QueueDoubt } from './check/queue-doubt.js';
export { InMemoryDriver, type QueueConsumer } from './drivers/inmemory.driver.js';
export { JOB_STATE_KEYS, JOB_STATES_SCRIPT } from './drivers/job-states.script.js';
export type { QueueCode } from './queue-code.js';
export { InvalidJobError, MAX_JOB_BYTES } from './new-job.policy.js';
export {
  QUEUE_DRIVER,
  QueueUnavailableError,
  type TakenJob,
  type JobState,
  type NewJob,
  type QueueDriver,
} from './queue-driver.js';
export { primaryQueue } from './primary-queue.js';
export { QUEUE_OPTIONS, type QueueOptions, type QueueProblem } from './queue.options.js';
export { QueueModule } from './queue.module.js';
export { QUEUE_CONNECTION } from './tokens.js';
export type { LeavingWorker } from './worker/leaving-worker.js';
export { endingBefore, QueueWorkerHost, WorkerParts } from './worker/queue-worker.host.js';
export { workerOptions } from './worker/worker-options.js';
export type { Loss } from './incarnation/incarnation.state.js';
export { QueueIncarnation, type LossListener } from './incarnation/queue-incarnation.service.js';
export type { ProcessQueue, QueueConflict, QueueIdentity } from './identity/queue-identity.js';
export { QueueIdentityService } from './identity/queue-identity.service.js';
