export { attemptId } from './attempt-id.policy.js';
export { HeartbeatModule, type HeartbeatParts } from './heartbeat.module.js';
export {
  instrumentWorker,
  type InstrumentedWorker,
  type InstrumentOptions,
  type WorkerInsight,
} from './instrument/instrument-worker.js';
export { CANARY_JOB } from './keys.js';
export { ForeignConsumers, type TakenJobs } from './watch/foreign-consumers.service.js';
export { WorkerHeartbeats } from './own/worker-heartbeats.service.js';
