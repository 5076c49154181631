import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { DatabaseUnavailableError } from '../../database/index.js';
import { QUEUE_DRIVER, type JobState, type QueueDriver } from '../../work/index.js';
import { RECONCILED } from '../executions.metrics.js';
import { jobOf } from '../job.js';
import type { Failure } from '../store/execution.js';
import { ReconcileRepository, type Requeued, type UnfinishedRow } from '../store/reconcile.repository.js';
import { remedy, takenByAnother } from './reconcile.policy.js';

const AT_ONCE = 25;
const ADD_WITHIN_MS = 1000;

const TOO_MANY_STARTS: Failure = {
  code: 'execution.too_many_starts',
  message: 'too many workers began it and none ended it',
};
const UNSTORABLE: Failure = {
  code: 'execution.unstorable',
  message: 'it cannot be queued again, for its row cannot be written',
};

/** Does what is to be done about unfinished executions. A row that cannot be changed spoils no other. */
@Injectable()
export class Remedies {
  private readonly logger = new Logger('Reconciler');

  constructor(
    private readonly rows: ReconcileRepository,
    @Inject(QUEUE_DRIVER) private readonly driver: QueueDriver,
    @InjectMetric(RECONCILED) private readonly reconciled: Counter<'remedy' | 'job'>,
  ) {}

  /** All of `rows` have a job in this state. Answers whether all of them are back in the queue, or ended. */
  async apply(job: JobState, rows: readonly UnfinishedRow[]): Promise<boolean> {
    const lost = rows.filter((row) => remedy(row, job) === 'requeue');
    const hopeless = rows.filter((row) => remedy(row, job) === 'give-up');
    const ended = await this.giveUp(hopeless, TOO_MANY_STARTS, job);
    const { moved, whole } = await this.requeue(lost, job);
    if (moved.length > 0) {
      this.logger.warn({ msg: 'queued executions again whose job was lost', count: moved.length, job });
      this.reconciled.inc({ remedy: 'requeued', job }, moved.length);
    }
    await this.noteTaken(lost, moved, job);
    return (await this.enqueue(moved)) && whole && ended;
  }

  private async requeue(
    rows: readonly UnfinishedRow[],
    job: JobState,
  ): Promise<{ moved: readonly Requeued[]; whole: boolean }> {
    if (rows.length === 0) return { moved: [], whole: true };
    try {
      return { moved: await this.rows.requeue(rows), whole: true };
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.tell('executions could not be queued again', rows, error);
      if (rows.length === 1) return { moved: [], whole: await this.giveUp(rows, UNSTORABLE, job) };
      const halves = [];
      for (const half of halvesOf(rows)) halves.push(await this.requeue(half, job));
      return { moved: halves.flatMap(({ moved }) => moved), whole: halves.every(({ whole }) => whole) };
    }
  }

  private async giveUp(rows: readonly UnfinishedRow[], why: Failure, job: JobState): Promise<boolean> {
    if (rows.length === 0) return true;
    try {
      const count = await this.rows.giveUp(rows, why);
      this.reconciled.inc({ remedy: 'given-up', job }, count);
      return true;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.tell('executions could not be given up', rows, error);
      if (rows.length === 1) return false;
      let all = true;
      for (const half of halvesOf(rows)) all = (await this.giveUp(half, why, job)) && all;
      return all;
    }
  }

  /** Only rows that were still as they had been read count: another one was begun and ended meanwhile. */
  private async noteTaken(
    rows: readonly UnfinishedRow[],
    moved: readonly Requeued[],
    job: JobState,
  ): Promise<void> {
    const still = new Set(moved.map(({ id }) => id));
    const taken = rows.filter((row) => still.has(row.id) && takenByAnother(row, job));
    const [first] = taken;
    if (first === undefined) return;
    const jobId = jobOf(first.id, first.attempt).id;
    await this.rows.noteTaken(taken.length, jobId);
    this.logger.warn({
      msg: 'jobs were completed by somebody who did not run their executions',
      count: taken.length,
      job: jobId,
    });
  }

  private async enqueue(moved: readonly Requeued[]): Promise<boolean> {
    for (let from = 0; from < moved.length; from += AT_ONCE) {
      const added = await Promise.allSettled(
        moved
          .slice(from, from + AT_ONCE)
          .map(({ id, queue, attempt }) => this.driver.add(queue, jobOf(id, attempt), ADD_WITHIN_MS)),
      );
      // The queue is gone again: those that are left have an attempt without a job, which the next sweep finds.
      if (added.some(({ status }) => status === 'rejected')) return false;
    }
    return true;
  }

  private tell(what: string, rows: readonly UnfinishedRow[], error: unknown): void {
    const code: unknown = Reflect.get(Object(error), 'code');
    this.logger.error({ msg: what, count: rows.length, first: rows[0]?.id, sqlstate: code ?? 'none' });
  }
}

function halvesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
