/** Heartbeats for any BullMQ worker: `instrumentWorker(worker)`. */
export { instrumentWorker } from './instrument-worker.js';
export type { InstrumentedWorker, InstrumentOptions, WorkerInsight } from './instrumented-worker.js';
export type { BeatTarget } from './beat-connection.js';
export type { WorkerLike } from './worker-like.js';
export { defaultWorkerId } from './default-worker-id.js';
