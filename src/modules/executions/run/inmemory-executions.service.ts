import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/index.js';
import { Lifecycle } from '../../health/index.js';
import { endingBefore, InMemoryDriver, primaryQueue } from '../../queue/index.js';
import { ExecutionProcessor } from './execution.processor.js';

/** Takes executions from the queue in memory, for isolated tests. */
@Injectable()
export class InMemoryExecutions implements OnApplicationBootstrap {
  constructor(
    private readonly processor: ExecutionProcessor,
    private readonly driver: InMemoryDriver,
    private readonly lifecycle: Lifecycle,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.lifecycle.whenServing(() => {
      const { WORKER_CONCURRENCY: concurrency } = this.settings;
      const queue = primaryQueue(this.settings);
      const consumer = this.driver.consume(queue, (job) => this.processor.handle(job), { concurrency });
      this.lifecycle.onDrain(`jobs of ${queue}`, (graceMs) => consumer.close(endingBefore(graceMs)));
    });
  }
}
