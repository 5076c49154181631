export { HeartbeatModule, type HeartbeatParts } from './heartbeat.module.js';
export { ForeignConsumers, type TakenJobs } from './watch/foreign-consumers.service.js';
export { WorkerHeartbeats } from './own/worker-heartbeats.service.js';
