import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DatabaseUnavailableError } from '../../database/index.js';
import { every } from '../../kernel/index.js';
import { QUEUE_OPTIONS, QueueIncarnation, type QueueOptions } from '../../queue/index.js';
import { type JobState, QUEUE_DRIVER, type QueueDriver, QueueUnavailableError } from '../../work/index.js';
import { jobOf } from '../job.js';
import { ReconcileRepository, type UnfinishedRow } from '../store/reconcile.repository.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import { Remedies } from './remedies.service.js';

const SWEEP_EVERY_MS = 5000;
/** Less than the interval, so that a process that is a little early does not wait a whole one more. */
const TURN_MS = 4000;
const GRACE_MS = 3000;
const PAGE = 500;
/** Of one turn: a long backlog is gone through in minutes, and Redis is left in peace most of the time. */
const PAGES = 10;
const ALL: { after: string; graceMs: number } = { after: '0', graceMs: 0 };

/**
 * Puts executions back whose job the queue has lost, or has given up on. Each change holds only if nobody else
 * touched the row meanwhile, so it does not matter how many processes do this at once, nor where one dies.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Reconciler');
  private stopSweeping: (() => void) | undefined;
  private stopListening: (() => void) | undefined;
  private restoring: Promise<void> | undefined;
  private sweeping = false;

  constructor(
    private readonly rows: ReconcileRepository,
    private readonly submissions: SubmissionRepository,
    private readonly incarnation: QueueIncarnation,
    @Inject(QUEUE_DRIVER) private readonly driver: QueueDriver,
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    private readonly remedies: Remedies,
  ) {}

  onApplicationBootstrap(): void {
    this.stopSweeping = every(SWEEP_EVERY_MS, () => this.sweep());
    this.stopListening = this.incarnation.onLoss(() => void this.restore());
    void this.sweep();
  }

  onApplicationShutdown(): void {
    this.stopSweeping?.();
    this.stopListening?.();
  }

  /** Looks at the next pages of unfinished executions, if it is this process's turn. */
  async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      const from = await this.rows.takeTurn(TURN_MS);
      if (from === null) return;
      const cleared = await this.clear();
      for (let after = from, left = PAGES; left > 0; left -= 1) {
        const { last, whole } = await this.page({ after, graceMs: GRACE_MS });
        await this.rows.endPage(last ?? ALL.after, whole && cleared);
        if (last === null) return;
        after = last;
      }
    } catch (error) {
      this.understand(error);
    } finally {
      this.sweeping = false;
    }
  }

  /**
   * After a loss: looks at every unfinished execution, and says that the queue is whole when all are back. Whoever
   * asks while it is under way waits for that one.
   */
  restore(): Promise<void> {
    this.restoring ??= this.restoreAll().finally(() => {
      this.restoring = undefined;
    });
    return this.restoring;
  }

  private async restoreAll(): Promise<void> {
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
    }
  }

  private async page(from: { after: string; graceMs: number }): Promise<Swept> {
    const rows = await this.rows.unfinished({ ...from, queues: this.queues.names, limit: PAGE });
    const last = rows.length < PAGE ? null : (rows.at(-1)?.position ?? null);
    let whole = true;
    for (const [queue, group] of groupBy(rows, (row) => row.queue)) {
      whole = (await this.group(queue, group)) && whole;
    }
    return { last, whole };
  }

  /** What is wrong with one queue, or with its rows, keeps no other from being looked at. */
  private async group(queue: string, rows: readonly UnfinishedRow[]): Promise<boolean> {
    try {
      const states = await this.driver.states(
        queue,
        rows.map(({ id, attempt }) => jobOf(id, attempt).id),
      );
      const stateOf = (row: UnfinishedRow): JobState => states.get(jobOf(row.id, row.attempt).id) ?? 'absent';
      let whole = true;
      for (const [job, same] of groupBy(rows, stateOf))
        whole = (await this.remedies.apply(job, same)) && whole;
      return whole;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.understand(error);
      return false;
    }
  }

  private async clear(): Promise<boolean> {
    try {
      await this.submissions.removeAbandoned();
      return true;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.understand(error);
      return false;
    }
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
