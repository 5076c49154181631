import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '../../health/index.js';
import { primaryQueue, QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { endingBefore, InMemoryDriver } from '../../work/index.js';
import { EXECUTIONS_OPTIONS, type ExecutionsOptions } from '../executions.options.js';
import { ExecutionProcessor } from './execution.processor.js';

/** Takes executions from the queue in memory, for isolated tests. */
@Injectable()
export class InMemoryExecutions implements OnApplicationBootstrap {
  constructor(
    private readonly processor: ExecutionProcessor,
    private readonly driver: InMemoryDriver,
    private readonly lifecycle: Lifecycle,
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    @Inject(EXECUTIONS_OPTIONS) private readonly options: ExecutionsOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.lifecycle.whenServing(() => {
      const { concurrency } = this.options;
      const queue = primaryQueue(this.queues);
      const consumer = this.driver.consume(queue, (job) => this.processor.handle(job), { concurrency });
      this.lifecycle.onDrain(`jobs of ${queue}`, (graceMs) => consumer.close(endingBefore(graceMs)));
    });
  }
}
