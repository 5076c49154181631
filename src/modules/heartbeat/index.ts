export { HeartbeatModule } from './heartbeat.module.js';
export type { HeartbeatOptions } from './heartbeat.options.js';
export { ForeignConsumers, type TakenJobs } from './watch/foreign-consumers.service.js';
export { WorkerHeartbeats } from './own/worker-heartbeats.service.js';
