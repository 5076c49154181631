/** Heartbeats for any BullMQ worker: `instrumentWorker(worker)`. */
export {
  instrumentWorker,
  type InstrumentedWorker,
  type InstrumentOptions,
  type WorkerInsight,
} from './instrument-worker.js';
export { defaultWorkerId } from './default-worker-id.js';
