import { Processor } from '@nestjs/bullmq';
import { Inject, Injectable, type Type } from '@nestjs/common';
import { WorkerHeartbeats } from '../../heartbeat/index.js';
import { primaryQueue, type QueueOptions } from '../../queue/index.js';
import { type TakenJob, QueueWorkerHost, workerOptions, WorkerParts } from '../../work/index.js';
import { EXECUTIONS_OPTIONS, type ExecutionsOptions } from '../executions.options.js';
import { ExecutionProcessor } from './execution.processor.js';

/** What a step needs beside its own limit: Postgres may be away for half a minute before and after it. */
const BESIDE_A_STEP_MS = 120_000;

/** Takes executions from a queue of BullMQ, with heartbeats. */
@Injectable()
export class ExecutionWorker extends QueueWorkerHost {
  constructor(
    parts: WorkerParts,
    private readonly processor: ExecutionProcessor,
    private readonly heartbeats: WorkerHeartbeats,
    @Inject(EXECUTIONS_OPTIONS) private readonly options: ExecutionsOptions,
  ) {
    super(parts);
  }

  protected override handle(job: TakenJob): Promise<void> {
    // A step that may take long by its definition is not stuck while it may.
    const patienceWith = (stepMs: number) => Math.max(this.options.stuckAfterMs, stepMs + BESIDE_A_STEP_MS);
    const heartbeats = this.heartbeats.instrument(this.worker);
    return this.processor.handle(job, (stepMs) => heartbeats.expects(job.id, patienceWith(stepMs)));
  }
}

/** The worker of the primary queue. `instanceId` is that of the process. */
export function primaryExecutionWorker(
  queues: QueueOptions,
  concurrency: number,
  instanceId: string,
): Type<ExecutionWorker> {
  const options = workerOptions(queues, { name: instanceId, concurrency });
  @Processor(primaryQueue(queues), options)
  class PrimaryExecutionWorker extends ExecutionWorker {}
  return PrimaryExecutionWorker;
}
