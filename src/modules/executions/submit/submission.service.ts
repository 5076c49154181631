import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { Database, DatabaseUnavailableError } from '../../database/index.js';
import { Board, checkOf } from '../../health/index.js';
import { monotonic, withDeadline } from '../../kernel/index.js';
import { primaryQueue, QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { QUEUE_DRIVER, type QueueDriver, QueueUnavailableError } from '../../work/index.js';
import { SUBMITTED } from '../executions.metrics.js';
import { jobOf } from '../job.js';
import type { ExecutionStatus } from '../store/execution.js';
import {
  DRY_RUN_OF_ACCEPTING,
  SubmissionRepository,
  type Offer,
  type Withdrawn,
} from '../store/submission.repository.js';
import { patiently, type Patience } from '../store/patience.js';
import { canonicalJson } from './canonical.js';

/** Of the second within which a refusal must be told. */
const BUDGET_MS = 900;
/** Kept back, from the last to the first: for taking the row away again, */
const WITHDRAW_MS = 100;
/** for the answer of the database that has accepted it, */
const ANSWER_MS = 75;
/** for accepting it, */
const ACCEPT_MS = 75;
/** and for the queue, whatever the row took. */
const ADD_MS = 50;
/** What may have been accepted without a word is taken back whoever has been answered meanwhile. */
const TAKING_BACK: Patience = { forMs: 60_000, firstWaitMs: 250, maxWaitMs: 250 };
const NEVER = new AbortController().signal;
const KEY_WAIT_MS = 25;
const LATELY_MS = 2000;

export interface Request {
  readonly workflowId: string;
  readonly input: unknown;
  readonly idempotencyKey: string | null;
}

export type Submitted =
  | { readonly kind: 'accepted'; readonly id: string; readonly status: ExecutionStatus }
  | { readonly kind: 'no-workflow' }
  /** The key belongs to another request. */
  | { readonly kind: 'key-reused' }
  /** A request with the same key is under way at this moment. */
  | { readonly kind: 'key-in-progress' }
  /** Nothing was accepted. `code` is of the registry. */
  | { readonly kind: 'refused'; readonly code: string };

/**
 * Accepts executions: the row first, then the job, then the word that the row counts. Whatever fails or hangs in
 * between, the answer comes within a second, and what was refused never runs, though its job may still arrive.
 */
@Injectable()
export class Submissions {
  private readonly logger = new Logger('Executions');
  private readonly queue: string;

  constructor(
    private readonly repository: SubmissionRepository,
    @Inject(QUEUE_DRIVER) private readonly driver: QueueDriver,
    @Inject(QUEUE_OPTIONS) queues: QueueOptions,
    @InjectMetric(SUBMITTED) private readonly submitted: Counter<'outcome'>,
    private readonly database: Database,
    private readonly board: Board,
  ) {
    database.addDryRun(DRY_RUN_OF_ACCEPTING);
    this.queue = primaryQueue(queues);
  }

  async submit(request: Request): Promise<Submitted> {
    // The column is json: what a client sends is kept as it was sent, and nothing looks into it in the database.
    const input = JSON.stringify(request.input);
    const offer: Offer = {
      id: randomUUID(),
      workflowId: request.workflowId,
      queue: this.queue,
      input,
      idempotencyKey: request.idempotencyKey,
      requestHash: hashOf(request.workflowId, canonicalJson(request.input)),
    };
    const submitted = await this.place(offer, momentsFrom(monotonic()));
    this.submitted.inc({ outcome: outcomeOf(submitted, offer.id) });
    if (submitted.kind === 'refused') {
      this.logger.warn({ msg: 'refused an execution', code: submitted.code, workflowId: offer.workflowId });
    }
    return submitted;
  }

  private async place(offer: Offer, by: Moments): Promise<Submitted> {
    for (;;) {
      const left = by.offered - monotonic();
      if (left <= 0) return { kind: 'key-in-progress' };
      const offered = await withDeadline(left, () => this.repository.offer(offer));
      // A row that is made after all is never accepted, and is removed in a while.
      if (offered.kind !== 'answered') return this.refusedBy(offered);
      switch (offered.value.kind) {
        case 'made':
          return await this.enqueue(offer, by, monotonic());
        case 'no-workflow':
          return { kind: 'no-workflow' };
        case 'again':
          break;
        case 'held': {
          const { accepted, requestHash, id, status } = offered.value.holder;
          // The second is the hash of before the order of members ceased to matter.
          const same = [offer.requestHash, hashOf(offer.workflowId, offer.input)];
          if (!same.includes(requestHash)) return { kind: 'key-reused' };
          if (accepted) return { kind: 'accepted', id, status };
        }
      }
      await sleep(KEY_WAIT_MS);
    }
  }

  private async enqueue({ id, queue }: Offer, by: Moments, offeredAt: number): Promise<Submitted> {
    const addWithin = leftUntil(by.added);
    const added = await withDeadline(addWithin, () => this.driver.add(queue, jobOf(id, 1), addWithin));
    if (added.kind !== 'answered') {
      // Never accepted: a row left over never counts.
      await withDeadline(leftUntil(by.withdrawn), () => this.repository.withdraw(id));
      return this.refusedBy(added);
    }
    const accepted = await withDeadline(leftUntil(by.answered), () =>
      this.repository.accept(id, by.accepted - offeredAt),
    );
    if (accepted.kind === 'answered' && accepted.value) return { kind: 'accepted', id, status: 'queued' };
    const taken = await withDeadline(leftUntil(by.withdrawn), () => this.takeBack(id));
    if (taken.kind === 'answered' && taken.value.kind === 'taken-over') {
      return { kind: 'accepted', id, status: taken.value.status };
    }
    return accepted.kind === 'answered' ? this.tooLate() : this.refusedBy(accepted);
  }

  /**
   * It may have been accepted though its answer did not come, or be about to be: a statement that has passed its
   * own deadline may be committed much later. So this goes on until the database has said what became of it, though
   * it will not run from the moment on at which the first try was noted.
   */
  private takeBack(id: string): Promise<Withdrawn> {
    return patiently(NEVER, () => this.repository.withdraw(id), TAKING_BACK);
  }

  private refusedBy(outcome: { kind: 'threw'; error: unknown } | { kind: 'timed-out' }): Submitted {
    if (outcome.kind === 'timed-out') return this.tooLate();
    const { error } = outcome;
    if (error instanceof QueueUnavailableError || error instanceof DatabaseUnavailableError) {
      return { kind: 'refused', code: error.code };
    }
    throw error;
  }

  /** The database gave no answer in time: for the reason that its check has found, or that others were told just now. */
  private tooLate(): Submitted {
    const check = checkOf(this.board.snapshot(), 'database');
    const known = check?.status === 'fail' && check.code.startsWith('database.') ? check.code : null;
    return {
      kind: 'refused',
      code: known ?? this.database.troubleWithin(LATELY_MS) ?? 'database.unresponsive',
    };
  }
}

/** When each step has to be done, monotonic ms. */
interface Moments {
  readonly offered: number;
  readonly added: number;
  readonly accepted: number;
  readonly answered: number;
  readonly withdrawn: number;
}

function momentsFrom(now: number): Moments {
  const withdrawn = now + BUDGET_MS;
  const answered = withdrawn - WITHDRAW_MS;
  const accepted = answered - ANSWER_MS;
  const added = accepted - ACCEPT_MS;
  return { offered: added - ADD_MS, added, accepted, answered, withdrawn };
}

function leftUntil(moment: number): number {
  return Math.max(1, moment - monotonic());
}

function hashOf(workflowId: string, input: string): string {
  return createHash('sha256').update(`${workflowId}\n${input}`).digest('hex');
}

function outcomeOf(submitted: Submitted, id: string): string {
  if (submitted.kind !== 'accepted') return submitted.kind;
  return submitted.id === id ? 'accepted' : 'repeated';
}
