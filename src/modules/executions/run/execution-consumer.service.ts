import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/index.js';
import { Lifecycle } from '../../health/index.js';
import { WorkerHeartbeats } from '../../heartbeat/index.js';
import { BullmqConsumer, QUEUE_DRIVER, type QueueDriver } from '../../queue/index.js';
import { ExecutionProcessor } from './execution.processor.js';

/** Kept back from the grace, so that this step ends before it is given up on. */
const MARGIN_MS = 200;

/** Takes executions from the primary queue, and lets them finish when the process stops. */
@Injectable()
export class ExecutionConsumer implements OnApplicationBootstrap {
  constructor(
    private readonly processor: ExecutionProcessor,
    private readonly heartbeats: WorkerHeartbeats,
    private readonly lifecycle: Lifecycle,
    @Inject(QUEUE_DRIVER) private readonly driver: QueueDriver,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    const [queue = 'execution'] = this.settings.QUEUE_NAMES;
    const consumer = this.driver.consume(queue, (job) => this.processor.handle(job), {
      concurrency: this.settings.WORKER_CONCURRENCY,
    });
    if (consumer instanceof BullmqConsumer) this.heartbeats.instrument(consumer.worker);
    this.lifecycle.onDrain('executions', (graceMs) => consumer.close(Math.max(0, graceMs - MARGIN_MS)));
  }
}
