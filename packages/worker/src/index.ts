/** Heartbeats for any BullMQ worker: `instrumentWorker(worker)`. */
export {
  instrumentWorker,
  type InstrumentedWorker,
  type InstrumentOptions,
  type WorkerInsight,
} from './instrument-worker.js';
export type { BeatTarget } from './beat-connection.js';
export type { WorkerLike } from './worker-like.js';
export { defaultWorkerId } from './default-worker-id.js';
