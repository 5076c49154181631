import { Module, type DynamicModule, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Board, type Check } from '../health/index.js';
import { Liveness } from '../liveness/index.js';
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
export class HeartbeatModule implements OnModuleInit {
  static forRoot(parts: HeartbeatParts): DynamicModule {
    return {
      module: HeartbeatModule,
      global: true,
      providers: [...(parts.watch ? WATCH : []), ...(parts.publish ? PUBLISH : [])],
      exports: [...(parts.publish ? [WorkerHeartbeats] : []), ...(parts.watch ? [ForeignConsumers] : [])],
    };
  }

  constructor(
    private readonly modules: ModuleRef,
    private readonly board: Board,
    private readonly liveness: Liveness,
  ) {}

  onModuleInit(): void {
    for (const check of [WorkerCheck, WorkersCheck, JobsCheck, ConsumptionCheck]) {
      const found = this.find<Check>(check);
      if (found !== null) this.board.add(found);
    }
    const own = this.find(ConsumptionCheck);
    if (own !== null) this.liveness.add(() => own.veto());
  }

  private find<T>(type: Type<T>): T | null {
    try {
      return this.modules.get(type);
    } catch {
      return null;
    }
  }
}
