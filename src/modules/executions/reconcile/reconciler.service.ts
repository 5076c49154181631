import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { SETTINGS, type Settings } from '../../config/index.js';
import { DatabaseUnavailableError } from '../../database/index.js';
import {
  QUEUE_DRIVER,
  QueueIncarnation,
  QueueUnavailableError,
  type JobState,
  type QueueDriver,
} from '../../queue/index.js';
import { RECONCILED } from '../executions.metrics.js';
import { jobOf } from '../job.js';
import { ReconcileRepository, type UnfinishedRow } from '../store/reconcile.repository.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import { remedy } from './reconcile.policy.js';

const SWEEP_EVERY_MS = 5000;
/** Less than the interval, so that a process that is a little early does not wait a whole one more. */
const TURN_MS = 4000;
const GRACE_MS = 3000;
const PAGE = 500;
const AT_ONCE = 25;
const ADD_WITHIN_MS = 1000;
const ALL: { after: string; graceMs: number } = { after: '0', graceMs: 0 };

/**
 * Puts executions back whose job the queue has lost, or has given up on. Each change holds only if nobody else
 * touched the row meanwhile, so it does not matter how many processes do this at once, nor where one dies.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Reconciler');
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;
  private restoring = false;
  private sweeping = false;

  constructor(
    private readonly rows: ReconcileRepository,
    private readonly submissions: SubmissionRepository,
    private readonly incarnation: QueueIncarnation,
    @Inject(QUEUE_DRIVER) private readonly driver: QueueDriver,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(getToken(RECONCILED)) private readonly reconciled: Counter<'remedy' | 'job'>,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), SWEEP_EVERY_MS).unref();
    this.stopListening = this.incarnation.onLoss(() => void this.restore());
    void this.sweep();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopListening?.();
  }

  /** Looks at the next page of unfinished executions, if it is this process's turn. */
  async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      const after = await this.rows.takeTurn(TURN_MS);
      if (after === null) return;
      await this.submissions.removeAbandoned();
      const { last } = await this.page({ after, graceMs: GRACE_MS });
      await this.rows.endTurn(last ?? '0');
    } catch (error) {
      this.understand(error);
    } finally {
      this.sweeping = false;
    }
  }

  /** After a loss: looks at every unfinished execution, and says that the queue is whole when all are back. */
  async restore(): Promise<void> {
    if (this.restoring) return;
    this.restoring = true;
    try {
      let whole = true;
      for (let after: string | null = ALL.after; after !== null;) {
        const page: Swept = await this.page({ after, graceMs: ALL.graceMs });
        whole &&= page.whole;
        after = page.last;
      }
      if (whole) this.incarnation.acknowledge();
    } catch (error) {
      this.understand(error);
    } finally {
      this.restoring = false;
    }
  }

  private async page(from: { after: string; graceMs: number }): Promise<Swept> {
    const rows = await this.rows.unfinished({ ...from, queues: this.settings.QUEUE_NAMES, limit: PAGE });
    const last = rows.length < PAGE ? null : (rows.at(-1)?.position ?? null);
    let whole = true;
    for (const [queue, group] of groupBy(rows, (row) => row.queue)) {
      const states = await this.driver.states(
        queue,
        group.map(({ id, attempt }) => jobOf(id, attempt).id),
      );
      const stateOf = (row: UnfinishedRow): JobState => states.get(jobOf(row.id, row.attempt).id) ?? 'absent';
      for (const [job, same] of groupBy(group, stateOf)) whole = (await this.mend(job, same)) && whole;
    }
    return { last, whole };
  }

  /** Answers whether all of them are back in the queue, or ended. */
  private async mend(job: JobState, rows: readonly UnfinishedRow[]): Promise<boolean> {
    const lost = rows.filter((row) => remedy(row, job) === 'requeue');
    const hopeless = rows.filter((row) => remedy(row, job) === 'give-up');
    if (hopeless.length > 0) {
      const count = await this.rows.giveUp(hopeless, {
        code: 'execution.too_many_starts',
        message: 'too many workers began it and none ended it',
      });
      this.reconciled.inc({ remedy: 'given-up', job }, count);
    }
    if (lost.length === 0) return true;
    const moved = await this.rows.requeue(lost);
    if (moved.length > 0) {
      this.logger.warn({ msg: 'queued executions again whose job was lost', count: moved.length, job });
      this.reconciled.inc({ remedy: 'requeued', job }, moved.length);
    }
    return await this.enqueue(moved);
  }

  private async enqueue(moved: readonly { id: string; queue: string; attempt: number }[]): Promise<boolean> {
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

  private understand(error: unknown): void {
    if (error instanceof DatabaseUnavailableError || error instanceof QueueUnavailableError) {
      this.logger.debug({ msg: `not now: ${error.message}`, code: error.code });
    } else {
      this.logger.error(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

interface Swept {
  /** Where the next page begins, null after the last one. */
  readonly last: string | null;
  readonly whole: boolean;
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
