import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { REDACT, SETTINGS, type Settings } from '../config/index.js';
import { SERVICE, type ServiceIdentity } from '../health/index.js';
import type { Redact } from '../kernel/index.js';
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
import { QUEUE_CONNECTION } from './tokens.js';

/** The queue driver of the settings, and all that is to be known about the queue. Nothing waits for Redis. */
@Module({})
export class QueueModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: settings.QUEUE_DRIVER === 'bullmq' ? bullmq(settings) : [],
      providers: [
        IncarnationRepository,
        QueueIncarnation,
        IdentityRepository,
        QueueIdentityService,
        QueueDoubt,
        ...providersOf(settings),
      ],
      exports: [QUEUE_DRIVER, QueueIncarnation, QueueIdentityService, QueueDoubt],
    };
  }
}

function providersOf({ QUEUE_DRIVER: kind, QUEUE_NAMES: names }: Settings): Provider[] {
  switch (kind) {
    case 'bullmq':
      return [QueueCheck, QueueMetrics, ...queueMetricProviders, bullmqDriver(names)];
    case 'inmemory':
      return [InMemoryQueueCheck, { provide: QUEUE_DRIVER, useClass: InMemoryDriver }];
    case 'unusable':
      return [UnusableQueueCheck, { provide: QUEUE_DRIVER, useClass: UnusableDriver }];
  }
}

function bullmq(settings: Settings): DynamicModule[] {
  const prefix = settings.QUEUE_PREFIX;
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
    BullModule.registerQueue(...settings.QUEUE_NAMES.map((name) => ({ name }))),
  ];
}

function bullmqDriver(names: readonly string[]) {
  return {
    provide: QUEUE_DRIVER,
    useFactory: (
      settings: Settings,
      redact: Redact,
      connection: Redis,
      doubt: QueueDoubt,
      modules: ModuleRef,
      service: ServiceIdentity,
    ) => {
      const find = (name: string) => modules.get<Queue>(getQueueToken(name), { strict: false });
      const queues = new Map(names.map((name) => [name, find(name)]));
      return new BullmqDriver({
        settings,
        redact,
        connection,
        queues,
        instanceId: service.instanceId,
        refused: () => doubt.raise(),
      });
    },
    inject: [
      SETTINGS,
      REDACT,
      QUEUE_CONNECTION,
      QueueDoubt,
      ModuleRef,
      SERVICE,
      ...names.map((name) => getQueueToken(name)),
    ],
  };
}
