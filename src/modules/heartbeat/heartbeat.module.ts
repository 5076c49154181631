import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Canary } from './canary/canary.service.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from './heartbeat.options.js';
import { ConsumptionCheck } from './own/consumption.check.js';
import { WorkerHeartbeats } from './own/worker-heartbeats.service.js';
import { ForeignConsumers } from './watch/foreign-consumers.service.js';
import { FoundQueuesCheck } from './watch/found-queues.check.js';
import { HeartbeatMetrics, heartbeatMetricProviders } from './watch/heartbeat.metrics.js';
import { Judgments } from './watch/judgments.js';
import { JobsCheck } from './watch/jobs.check.js';
import { QueueWatcher } from './watch/queue-watcher.service.js';
import { WorkerCheck } from './watch/worker.check.js';
import { WorkersCheck } from './watch/workers.check.js';
import { WorkerMemory } from './watch/worker-memory.service.js';

const WATCH: readonly Provider[] = [
  QueueWatcher,
  Judgments,
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

/**
 * Worker heartbeats: published by those who work, watched by those who answer for the queue. Global, for whoever works
 * in this process is to tell of it in the same way.
 */
@Module({})
export class HeartbeatModule {
  static forRoot(options: HeartbeatOptions): DynamicModule {
    return {
      module: HeartbeatModule,
      global: true,
      imports: options.publish ? [DiscoveryModule] : [],
      providers: [
        { provide: HEARTBEAT_OPTIONS, useValue: options },
        ...(options.watch ? WATCH : []),
        ...(options.watch && options.discovers ? [FoundQueuesCheck] : []),
        ...(options.publish ? PUBLISH : []),
      ],
      exports: [...(options.publish ? [WorkerHeartbeats] : []), ...(options.watch ? [ForeignConsumers] : [])],
    };
  }
}
