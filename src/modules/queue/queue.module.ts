import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { REDACT, type Redact } from '../kernel/index.js';
import { InMemoryQueueCheck } from './check/inmemory-queue.check.js';
import { QueueCheck } from './check/queue.check.js';
import { UnusableQueueCheck } from './check/unusable-queue.check.js';
import { QueueDoubt } from './check/queue-doubt.js';
import { QueueMetrics, queueMetricProviders } from './check/queue.metrics.js';
import { BullmqDriver } from './drivers/bullmq.driver.js';
import { UnusableDriver } from './drivers/unusable.driver.js';
import { InMemoryDriver } from './drivers/inmemory.driver.js';
import { IdentityRepository } from './identity/identity.repository.js';
import { QueueIdentityService } from './identity/queue-identity.service.js';
import { IncarnationRepository } from './incarnation/incarnation.repository.js';
import { QueueIncarnation } from './incarnation/queue-incarnation.service.js';
import { QUEUE_DRIVER } from './queue-driver.js';
import { QueueConnectionModule } from './queue-connection.module.js';
import { QUEUE_OPTIONS, type QueueOptions } from './queue.options.js';
import { QUEUE_CONNECTION } from './tokens.js';
import { KeptJobs } from './worker/kept-jobs.js';
import { LeavingWorker } from './worker/leaving-worker.js';
import { WorkerParts } from './worker/queue-worker.host.js';

/**
 * The queue driver, and all that is to be known about the queue. Nothing waits for Redis. Global, with its options, for
 * whoever watches the queues, works on them or meets others at their Redis means the same ones.
 */
@Module({})
export class QueueModule {
  static forRoot(options: QueueOptions): DynamicModule {
    const { providers, takers } = partsOf(options);
    return {
      module: QueueModule,
      global: true,
      imports: options.driver === 'bullmq' ? bullmq(options) : [],
      providers: [
        { provide: QUEUE_OPTIONS, useValue: options },
        IncarnationRepository,
        QueueIncarnation,
        IdentityRepository,
        QueueIdentityService,
        QueueDoubt,
        ...providers,
        ...takers,
      ],
      exports: [QUEUE_OPTIONS, QUEUE_DRIVER, QueueIncarnation, QueueIdentityService, QueueDoubt, ...takers],
    };
  }
}

/** What depends on the driver: its check, who puts work in, and for other rooms who takes work out. */
function partsOf({ driver, names, prefix }: QueueOptions): {
  readonly providers: Provider[];
  readonly takers: Type[];
} {
  switch (driver) {
    case 'bullmq':
      return {
        providers: [QueueCheck, QueueMetrics, ...queueMetricProviders, bullmqDriver(names, prefix), KeptJobs],
        takers: [WorkerParts],
      };
    case 'inmemory':
      return {
        providers: [InMemoryQueueCheck, { provide: QUEUE_DRIVER, useExisting: InMemoryDriver }],
        takers: [InMemoryDriver],
      };
    case 'unusable':
      return {
        providers: [UnusableQueueCheck, { provide: QUEUE_DRIVER, useClass: UnusableDriver }],
        takers: [],
      };
  }
}

function bullmq({ names, prefix }: QueueOptions): DynamicModule[] {
  // For every `@Processor` of the process: what BullMQ's own worker does when it is closed may take for ever.
  BullModule.workerClass = LeavingWorker;
  return [
    BullModule.forRootAsync({
      imports: [QueueConnectionModule],
      // Neither the connection nor the version is waited for: a process boots whatever is down, and a
      // version check that Redis interrupts or forbids would leave the queue dead for ever.
      useFactory: (connection: Redis) => ({
        connection,
        prefix,
        skipVersionCheck: true,
        skipWaitingForReady: true,
      }),
      inject: [QUEUE_CONNECTION],
    }),
    BullModule.registerQueue(...names.map((name) => ({ name }))),
  ];
}

function bullmqDriver(names: readonly string[], prefix: string) {
  return {
    provide: QUEUE_DRIVER,
    useFactory: (redact: Redact, connection: Redis, doubt: QueueDoubt, ...queues: Queue[]) =>
      new BullmqDriver({
        prefix,
        redact,
        connection,
        queues: new Map(queues.map((queue) => [queue.name, queue])),
        refused: () => doubt.raise(),
      }),
    inject: [REDACT, QUEUE_CONNECTION, QueueDoubt, ...names.map((name) => getQueueToken(name))],
  };
}
