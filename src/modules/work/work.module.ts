import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { REDACT, type Redact } from '../kernel/index.js';
import { QUEUE_CONNECTION, QueueConnectionModule, QueueDoubt, type QueueOptions } from '../queue/index.js';
import { BullmqDriver } from './drivers/bullmq.driver.js';
import { InMemoryDriver } from './drivers/inmemory.driver.js';
import { UnusableDriver } from './drivers/unusable.driver.js';
import { QUEUE_DRIVER } from './queue-driver.js';
import { KeptJobs } from './worker/kept-jobs.js';
import { LeavingWorker } from './worker/leaving-worker.js';
import { WorkerParts } from './worker/queue-worker.host.js';

/** Puts jobs into the queues of `QueueModule`, and takes them out. Global: a process has one way to its queues. */
@Module({})
export class WorkModule {
  static forRoot(options: QueueOptions): DynamicModule {
    const { providers, takers } = partsOf(options);
    return {
      module: WorkModule,
      global: true,
      imports: options.driver === 'bullmq' ? bullmq(options) : [],
      providers: [...providers, ...takers],
      exports: [QUEUE_DRIVER, ...takers],
    };
  }
}

/** What depends on the driver: who puts work in, and for other rooms who takes work out. */
function partsOf(options: QueueOptions): {
  readonly providers: Provider[];
  readonly takers: Type[];
} {
  const { driver, names, prefix } = options;
  switch (driver) {
    case 'bullmq':
      return { providers: [bullmqDriver(names, prefix), KeptJobs], takers: [WorkerParts] };
    case 'inmemory':
      return {
        providers: [{ provide: QUEUE_DRIVER, useExisting: InMemoryDriver }],
        takers: [InMemoryDriver],
      };
    case 'unusable':
      return { providers: [{ provide: QUEUE_DRIVER, useValue: new UnusableDriver(options) }], takers: [] };
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
