import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { InMemoryQueueCheck } from './check/inmemory-queue.check.js';
import { QueueCheck } from './check/queue.check.js';
import { UnusableQueueCheck } from './check/unusable-queue.check.js';
import { QueueDoubt } from './check/queue-doubt.js';
import { QueueMetrics, queueMetricProviders } from './check/queue.metrics.js';
import { IdentityRepository } from './identity/identity.repository.js';
import { QueueIdentityService } from './identity/queue-identity.service.js';
import { IncarnationRepository } from './incarnation/incarnation.repository.js';
import { QueueIncarnation } from './incarnation/queue-incarnation.service.js';
import { QueueConnectionModule } from './queue-connection.module.js';
import { QUEUE_OPTIONS, type QueueOptions } from './queue.options.js';

/**
 * All that is to be known about the queues. Nothing waits for Redis. Global, with its options, for whoever watches the
 * queues, works on them or meets others at their Redis means the same ones.
 */
@Module({})
export class QueueModule {
  static forRoot(options: QueueOptions): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: options.driver === 'bullmq' ? [QueueConnectionModule] : [],
      providers: [
        { provide: QUEUE_OPTIONS, useValue: options },
        IncarnationRepository,
        QueueIncarnation,
        IdentityRepository,
        QueueIdentityService,
        QueueDoubt,
        ...checkOf(options),
      ],
      exports: [QUEUE_OPTIONS, QueueIncarnation, QueueIdentityService, QueueDoubt],
    };
  }
}

function checkOf({ driver }: QueueOptions): readonly Provider[] {
  switch (driver) {
    case 'bullmq':
      return [QueueCheck, QueueMetrics, ...queueMetricProviders];
    case 'inmemory':
      return [InMemoryQueueCheck];
    case 'unusable':
      return [UnusableQueueCheck];
  }
}
