export { InMemoryDriver, type QueueConsumer } from './drivers/inmemory.driver.js';
export { InvalidJobError, MAX_JOB_BYTES } from './new-job.policy.js';
export {
  QUEUE_DRIVER,
  QueueUnavailableError,
  type TakenJob,
  type JobState,
  type NewJob,
  type QueueDriver,
} from './queue-driver.js';
export { WorkModule } from './work.module.js';
export type { LeavingWorker } from './worker/leaving-worker.js';
export { endingBefore, QueueWorkerHost, WorkerParts } from './worker/queue-worker.host.js';
export { workerOptions } from './worker/worker-options.js';
