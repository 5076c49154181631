import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { defaultWorkerId } from '@probity/worker';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { messageOf } from '../../kernel/index.js';
import { QUEUE_DRIVER, type TakenJob, type QueueDriver } from '../../work/index.js';
import { DURATION, FINISHED } from '../executions.metrics.js';
import { canBeRun } from '../definition/workflow.js';
import { EXECUTIONS_OPTIONS, type ExecutionsOptions } from '../executions.options.js';
import { jobOf, readJob } from '../job.js';
import { MAX_STARTS } from '../reconcile/reconcile.policy.js';
import { bytesOf, MAX_OUTPUTS_BYTES, serializeOutput } from '../steps/output.js';
import type { Failure } from '../store/execution.js';
import { refusalOf } from '../store/refusal.js';
import { FencedError, RunRepository, type Begun, type Claim } from '../store/run.repository.js';
import { ExecutionWatch } from './execution-watch.service.js';
import { patiently } from '../store/patience.js';
import { StepExecutor } from './step-executor.service.js';

const ADD_WITHIN_MS = 800;
const OFFERED_WAIT_MS = 20;

type End =
  | { readonly status: 'succeeded'; readonly result: string }
  | { readonly status: 'failed'; readonly error: Failure };

/** Runs one execution for one job. What earlier workers finished is not done again. */
@Injectable()
export class ExecutionProcessor {
  private readonly logger = new Logger('Executions');
  private readonly workerId: string;

  constructor(
    private readonly runs: RunRepository,
    private readonly steps: StepExecutor,
    private readonly watch: ExecutionWatch,
    @Inject(QUEUE_DRIVER) private readonly driver: QueueDriver,
    @Inject(EXECUTIONS_OPTIONS) { workerId }: ExecutionsOptions,
    @InjectMetric(FINISHED) private readonly finished: Counter<'outcome'>,
    @InjectMetric(DURATION) private readonly duration: Histogram,
  ) {
    this.workerId = workerId ?? defaultWorkerId();
  }

  /**
   * Rejects when Postgres cannot be reached for long; the reconciler then queues the execution again. `expects` is
   * told how long what comes next may take.
   */
  async handle(job: TakenJob, expects: (ms: number) => void = () => undefined): Promise<void> {
    const claim = await this.claim(job);
    if (claim === null) return;
    const stop = new AbortController();
    const onStop = () => stop.abort(new Error(messageOf(job.signal.reason)));
    if (job.signal.aborted) onStop();
    job.signal.addEventListener('abort', onStop, { once: true });
    const unwatch = this.watch.add(claim, () => stop.abort(new FencedError()));
    try {
      const end = await this.run(claim, stop.signal, expects);
      const { durationMs } = await patiently(job.signal, () => this.runs.finish(claim, end));
      this.finished.inc({ outcome: end.status });
      this.duration.observe(durationMs / 1000);
      this.logger.log({ msg: `execution ${end.status}`, execution: claim.id, ms: Math.round(durationMs) });
    } catch (error) {
      if (error instanceof FencedError) this.note(claim, 'fenced');
      else if (job.signal.aborted) await this.giveBack(claim);
      else await this.failForGood(claim, job.signal, error);
    } finally {
      unwatch();
      job.signal.removeEventListener('abort', onStop);
    }
  }

  private async claim(job: TakenJob): Promise<Claim | null> {
    const named = readJob(job);
    if (named === null) {
      this.logger.warn({ msg: 'dropped a job that is no execution', job: job.id.slice(0, 100) });
      return null;
    }
    for (;;) {
      const begun = await this.begin(named, job.signal);
      if (begun.kind === 'claimed') return begun.claim;
      if (begun.kind === 'dropped') {
        this.logger.debug({ msg: 'dropped a job without a live execution', job: job.id });
        return null;
      }
      await sleep(OFFERED_WAIT_MS, undefined, { signal: job.signal });
    }
  }

  private async begin(named: { executionId: string; attempt: number }, signal: AbortSignal): Promise<Begun> {
    const { executionId, attempt } = named;
    try {
      return await patiently(signal, () => this.runs.begin(executionId, attempt, this.workerId));
    } catch (error) {
      const failure = refusalOf(error, 'execution.unstorable', 'its beginning');
      if (failure === null) throw error;
      await patiently(signal, () => this.runs.refuse(executionId, attempt, failure));
      return { kind: 'dropped' };
    }
  }

  /** What can never be stored fails the execution, once, with its reason. Anything else is thrown on. */
  private async failForGood(claim: Claim, signal: AbortSignal, error: unknown): Promise<void> {
    const failure = refusalOf(error, 'execution.unstorable', 'what it came to');
    if (failure === null) throw error;
    await patiently(signal, () => this.runs.finish(claim, { status: 'failed', error: failure }));
    this.finished.inc({ outcome: 'failed' });
    this.logger.warn({ msg: 'an execution cannot be stored', execution: claim.id, why: failure.message });
  }

  private async run(claim: Claim, signal: AbortSignal, expects: (ms: number) => void): Promise<End> {
    if (claim.starts > MAX_STARTS) {
      return {
        status: 'failed',
        error: {
          code: 'execution.too_many_starts',
          message: `${MAX_STARTS} workers began it and none ended it`,
        },
      };
    }
    if (!canBeRun(claim.steps)) {
      return {
        status: 'failed',
        error: { code: 'workflow.damaged', message: 'the steps of its workflow cannot be read' },
      };
    }
    const outputs = new Map<string, unknown>();
    let result: unknown = null;
    let leftBytes = MAX_OUTPUTS_BYTES;
    for (const [index, step] of claim.steps.entries()) {
      const done = claim.done.get(index);
      const end =
        done === undefined
          ? await this.steps.run(claim, index, { step, outputs, leftBytes, signal, expects })
          : ({ kind: 'succeeded', output: done.output, bytes: bytesOf(done.output) } as const);
      if (end.kind === 'failed') return { status: 'failed', error: { ...end.failure, step: step.id } };
      leftBytes -= end.bytes;
      outputs.set(step.id, end.output);
      result = end.output;
    }
    return { status: 'succeeded', result: serializeOutput(result) };
  }

  /** The worker stops: the next one goes on where this one left off, at once. */
  private async giveBack(claim: Claim): Promise<void> {
    try {
      const attempt = await this.runs.release(claim);
      this.note(claim, 'given-back');
      await this.driver.add(claim.queue, jobOf(claim.id, attempt), ADD_WITHIN_MS);
    } catch (error) {
      if (error instanceof FencedError) return;
      this.logger.warn({
        msg: 'could not give an execution back; it will be reconciled',
        execution: claim.id,
      });
    }
  }

  private note(claim: Claim, outcome: 'fenced' | 'given-back'): void {
    this.finished.inc({ outcome });
    this.logger.log({ msg: `execution ${outcome}`, execution: claim.id });
  }
}
