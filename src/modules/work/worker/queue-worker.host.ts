import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { Lifecycle } from '../../health/index.js';
import { REDACT, type Redact } from '../../kernel/index.js';
import type { TakenJob } from '../queue-driver.js';
import { KeptJobs } from './kept-jobs.js';
import type { LeavingWorker } from './leaving-worker.js';

const MARGIN_MS = 200;

/** Of the grace of a drain: what a step may take that shall end before it is given up on, ms. */
export const endingBefore = (graceMs: number): number => Math.max(0, graceMs - MARGIN_MS);

/** What a `QueueWorkerHost` needs of its process. */
@Injectable()
export class WorkerParts {
  constructor(
    readonly lifecycle: Lifecycle,
    readonly kept: KeptJobs,
    @Inject(REDACT) readonly redact: Redact,
  ) {}
}

/**
 * A `WorkerHost` that takes jobs once its process serves, tells a job to stop whose lock is lost, and lets the active
 * ones finish within the grace when the process stops. Its class is a `@Processor(queue, workerOptions(...))`.
 */
export abstract class QueueWorkerHost extends WorkerHost<LeavingWorker> implements OnApplicationBootstrap {
  private readonly logger = new Logger('Worker');

  constructor(private readonly parts: WorkerParts) {
    super();
  }

  protected abstract handle(job: TakenJob): Promise<void>;

  onApplicationBootstrap(): void {
    this.parts.lifecycle.whenServing(() => this.begin());
  }

  /** BullMQ gives a signal to a processor that has a third parameter. */
  override process(job: Job, _token?: string, signal?: AbortSignal): Promise<void> {
    const { id = '', name, queueName: queue } = job;
    const data = (job.data ?? {}) as TakenJob['data'];
    return this.handle({ id, name, data, queue, signal: signal ?? new AbortController().signal });
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn(`worker of ${this.worker.name}: ${this.parts.redact(error.message)}`);
  }

  @OnWorkerEvent('lockRenewalFailed')
  onLocksLost(jobIds: readonly string[]): void {
    for (const id of jobIds) this.worker.cancelJob(id, 'the lock of the job is lost');
  }

  private begin(): void {
    const { worker } = this;
    const { lifecycle, kept } = this.parts;
    const stopTrimming = kept.watch(worker.name);
    lifecycle.onDrain(`jobs of ${worker.name}`, (graceMs) => {
      stopTrimming();
      worker.graceMs = endingBefore(graceMs);
      return worker.close();
    });
    setImmediate(() => {
      if (!worker.closing) worker.run().catch((error: Error) => worker.emit('error', error));
    });
  }
}
