import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { Canary } from './canary/canary.service.js';
import { ConsumptionCheck } from './own/consumption.check.js';
import { WorkerHeartbeats } from './own/worker-heartbeats.service.js';
import { ForeignConsumers } from './watch/foreign-consumers.service.js';
import { HeartbeatMetrics, heartbeatMetricProviders } from './watch/heartbeat.metrics.js';
import { JobsCheck } from './watch/jobs.check.js';
import { QueueWatcher } from './watch/queue-watcher.service.js';
import { WorkerCheck } from './watch/worker.check.js';
import { WorkersCheck } from './watch/workers.check.js';
import { WorkerMemory } from './watch/worker-memory.service.js';

export interface HeartbeatParts {
  /** Watches the workers of all queues: the checks `worker` and `jobs`, and the canary. Needs `DatabaseModule`. */
  readonly watch: boolean;
  /** Works itself: `WorkerHeartbeats`, the check `consumption` and its veto of liveness. */
  readonly publish: boolean;
}

const WATCH: readonly Provider[] = [
  QueueWatcher,
  WorkerMemory,
  Canary,
  WorkerCheck,
  WorkersCheck,
  JobsCheck,
  ForeignConsumers,
  HeartbeatMetrics,
  ...heartbeatMetricProviders,
];
const PUBLISH: readonly Provider[] = [WorkerHeartbeats, ConsumptionCheck];

/** Worker heartbeats: published by those who work, watched by those who answer for the queue. */
@Module({})
export class HeartbeatModule {
  static forRoot(parts: HeartbeatParts): DynamicModule {
    return {
      module: HeartbeatModule,
      global: true,
      providers: [...(parts.watch ? WATCH : []), ...(parts.publish ? PUBLISH : [])],
      exports: [...(parts.publish ? [WorkerHeartbeats] : []), ...(parts.watch ? [ForeignConsumers] : [])],
    };
  }
}
