import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/index.js';
import { Lifecycle } from '../../health/index.js';
import { WorkerHeartbeats, type InstrumentedWorker } from '../../heartbeat/index.js';
import { BullmqConsumer, QUEUE_DRIVER, type ActiveJob, type QueueDriver } from '../../queue/index.js';
import { ExecutionProcessor } from './execution.processor.js';

/** Kept back from the grace, so that this step ends before it is given up on. */
const MARGIN_MS = 200;

/** What a step needs beside its own limit: Postgres may be away for half a minute before and after it. */
const BESIDE_A_STEP_MS = 120_000;

/** A step that may take long by its definition is not stuck while it may. */
function patienceWith(stepMs: number, stuckAfterMs: number): number {
  return Math.max(stuckAfterMs, stepMs + BESIDE_A_STEP_MS);
}

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
    this.lifecycle.whenServing(() => this.start());
  }

  private start(): void {
    const [queue = 'execution'] = this.settings.QUEUE_NAMES;
    let instrumented: InstrumentedWorker | undefined;
    const expects = (job: ActiveJob) => (stepMs: number) =>
      instrumented?.expects(job.id, patienceWith(stepMs, this.settings.JOB_STUCK_AFTER_MS));
    const consumer = this.driver.consume(queue, (job) => this.processor.handle(job, expects(job)), {
      concurrency: this.settings.WORKER_CONCURRENCY,
    });
    if (consumer instanceof BullmqConsumer) instrumented = this.heartbeats.instrument(consumer.worker);
    this.lifecycle.onDrain('executions', (graceMs) => consumer.close(Math.max(0, graceMs - MARGIN_MS)));
  }
}
