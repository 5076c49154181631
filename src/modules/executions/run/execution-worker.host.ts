import { Processor } from '@nestjs/bullmq';
import { Inject, Injectable, type Type } from '@nestjs/common';
import type { InstrumentedWorker } from '@probity/worker';
import { SETTINGS, type Settings } from '../../config/index.js';
import { WorkerHeartbeats } from '../../heartbeat/index.js';
import {
  primaryQueue,
  QueueWorkerHost,
  workerOptions,
  WorkerParts,
  type ActiveJob,
  type LeavingWorker,
} from '../../queue/index.js';
import { ExecutionProcessor } from './execution.processor.js';

/** What a step needs beside its own limit: Postgres may be away for half a minute before and after it. */
const BESIDE_A_STEP_MS = 120_000;

/** Takes executions from a queue of BullMQ, with heartbeats. */
@Injectable()
export class ExecutionWorker extends QueueWorkerHost {
  private instrumented: InstrumentedWorker | undefined;

  constructor(
    parts: WorkerParts,
    private readonly processor: ExecutionProcessor,
    private readonly heartbeats: WorkerHeartbeats,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    super(parts);
  }

  protected override beforeFirst(worker: LeavingWorker): void {
    this.instrumented = this.heartbeats.instrument(worker);
  }

  protected override handle(job: ActiveJob): Promise<void> {
    // A step that may take long by its definition is not stuck while it may.
    const patienceWith = (stepMs: number) =>
      Math.max(this.settings.JOB_STUCK_AFTER_MS, stepMs + BESIDE_A_STEP_MS);
    return this.processor.handle(job, (stepMs) => this.instrumented?.expects(job.id, patienceWith(stepMs)));
  }
}

/** The worker of the primary queue: its name and how many jobs it takes at once are settings. */
export function primaryExecutionWorker(settings: Settings, instanceId: string): Type<ExecutionWorker> {
  const options = workerOptions(settings, { name: instanceId, concurrency: settings.WORKER_CONCURRENCY });
  @Processor(primaryQueue(settings), options)
  class PrimaryExecutionWorker extends ExecutionWorker {}
  return PrimaryExecutionWorker;
}
