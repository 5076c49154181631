import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type DryRun } from '../../database/index.js';
import { INSERT_WORKFLOW } from './workflow.repository.js';
import { nextFence, unlessWithdrawn, type ExecutionStatus } from './execution.js';

/** An offer that was neither accepted nor withdrawn for this long was left behind by a process that died. */
const ABANDONED = `interval '3 seconds'`;
/** Of the second within which a refusal must be told: what holds a lock longer is the reason that is told. */
const LOCK_WITHIN_MS = 400;
/** Less than the client's own deadline, so that the server is not at it any more when it is asked again. */
const WITHDRAW_LOCK_MS = 4000;

export interface Offer {
  readonly id: string;
  readonly workflowId: string;
  readonly queue: string;
  /** JSON text. */
  readonly input: string;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
}

/** The execution that already has the key. */
export interface Holder {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly accepted: boolean;
  readonly requestHash: string;
}

export type Offered =
  | { readonly kind: 'made' }
  | { readonly kind: 'no-workflow' }
  | { readonly kind: 'held'; readonly holder: Holder }
  /** The key was held when the row was to be made, and what holds it has changed since. */
  | { readonly kind: 'again' };

export type Withdrawn =
  { readonly kind: 'withdrawn' } | { readonly kind: 'taken-over'; readonly status: ExecutionStatus };

/** The life of an execution until it is accepted: offered, then accepted or withdrawn. */
@Injectable()
export class SubmissionRepository {
  constructor(private readonly database: Database) {}

  /** Makes the row that no worker touches until it is accepted. */
  async offer(offer: Offer): Promise<Offered> {
    const { id, workflowId, queue, input, idempotencyKey, requestHash } = offer;
    if (idempotencyKey !== null) {
      await this.database.promptly(
        LOCK_WITHIN_MS,
        `DELETE FROM executions
         WHERE idempotency_key = $1 AND NOT accepted AND created_at < now() - ${ABANDONED}`,
        [idempotencyKey],
      );
    }
    const made = await this.database.promptly(LOCK_WITHIN_MS, OFFER, [
      id,
      workflowId,
      queue,
      input,
      idempotencyKey,
      requestHash,
    ]);
    if (made.rowCount === 1) return { kind: 'made' };
    if (idempotencyKey === null) return { kind: 'no-workflow' };
    return await this.holderOf(idempotencyKey, workflowId);
  }

  /**
   * Accepts an offer that is at most `withinMs` old by the database's clock: a statement that arrives when the
   * client has already been told 503 does nothing. One that began in time may still be committed later: who had no
   * answer has to withdraw. Answers whether it was accepted.
   */
  async accept(id: string, withinMs: number): Promise<boolean> {
    const { rowCount } = await this.database.query(ACCEPT, [id, Math.max(0, withinMs)]);
    return rowCount === 1;
  }

  /**
   * Takes an offer back, accepted or not, unless somebody has taken it over meanwhile: then it stays, and counts.
   * Nobody takes it over once that is noted, though its acceptance may still be committed, and holds the row for
   * longer than this waits.
   */
  async withdraw(id: string): Promise<Withdrawn> {
    await this.database.promptly(WITHDRAW_LOCK_MS, NOTE_WITHDRAWAL, [id]);
    const { rowCount } = await this.database.promptly(
      WITHDRAW_LOCK_MS,
      `DELETE FROM executions WHERE id = $1 AND fence = 0`,
      [id],
    );
    if (rowCount === 1) return { kind: 'withdrawn' };
    const { rows } = await this.database.query<{ status: ExecutionStatus }>(
      `SELECT status FROM executions WHERE id = $1 AND accepted`,
      [id],
    );
    return rows[0] === undefined ? { kind: 'withdrawn' } : { kind: 'taken-over', status: rows[0].status };
  }

  /** Removes what nobody will ever accept, or begin. */
  async removeAbandoned(): Promise<void> {
    await this.database.query(
      `DELETE FROM executions WHERE NOT accepted AND created_at < now() - interval '1 minute'`,
    );
    await this.database.query(REMOVE_WITHDRAWN);
  }

  private async holderOf(idempotencyKey: string, workflowId: string): Promise<Offered> {
    const { rows } = await this.database.query<Holder & { readonly fence: string }>(
      `SELECT id, status, accepted, request_hash AS "requestHash", fence FROM executions WHERE idempotency_key = $1`,
      [idempotencyKey],
    );
    const [found] = rows;
    if (found !== undefined) {
      const { fence, ...holder } = found;
      if (!holder.accepted || fence !== '0') return { kind: 'held', holder };
      // Who is told of it takes it over: the request that made it cannot take it back any more.
      const { rowCount } = await this.database.query(
        `UPDATE executions SET fence = ${nextFence()} WHERE id = $1 AND fence = 0 AND ${unlessWithdrawn()}`,
        [holder.id],
      );
      return rowCount === 1 ? { kind: 'held', holder } : { kind: 'again' };
    }
    const known = await this.database.query(`SELECT FROM workflows WHERE id = $1`, [workflowId]);
    return { kind: known.rowCount === 0 ? 'no-workflow' : 'again' };
  }
}

const OFFER = `
  INSERT INTO executions (id, workflow_id, queue, input, idempotency_key, request_hash)
  SELECT $1, w.id, $3, $4, $5, $6 FROM workflows w WHERE w.id = $2
  ON CONFLICT (idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`;

const ACCEPT = `
  UPDATE executions SET accepted = true
  WHERE id = $1 AND created_at > clock_timestamp() - $2 * interval '1 millisecond'`;

/** Waits for nobody who accepts the row: that changes no column which others refer to. */
const NOTE_WITHDRAWAL = `
  INSERT INTO execution_withdrawals SELECT id FROM executions WHERE id = $1 AND fence = 0
  ON CONFLICT DO NOTHING`;

/** Of processes that died before they had taken them back. One that is being accepted is left for the next time. */
const REMOVE_WITHDRAWN = `
  DELETE FROM executions WHERE id IN (
    SELECT e.id FROM executions e JOIN execution_withdrawals x ON x.execution_id = e.id
    WHERE e.fence = 0 FOR UPDATE OF e SKIP LOCKED)`;

/** The statements by which an execution is accepted, of a workflow that is as unreal. */
export const DRY_RUN_OF_ACCEPTING: DryRun = {
  what: 'accept executions',
  run: async (client) => {
    const [workflow, id] = [randomUUID(), randomUUID()];
    await client.query(INSERT_WORKFLOW, [workflow, 'dry run', '[]']);
    await client.query(OFFER, [id, workflow, 'dry run', '{}', id, 'dry run']);
    await client.query(ACCEPT, [id, 60_000]);
  },
};
