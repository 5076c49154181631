import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { storableJson } from '../../kernel/index.js';
import type { Step } from '../definition/workflow.js';
import { nextFence, unlessWithdrawn, type Failure } from './execution.js';

/** Somebody else has taken the execution over, or it has ended: nothing that this worker does counts any more. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor() {
    super('the execution was cancelled, or is in other hands');
  }
}

/** An execution in the hands of one worker. Every write carries its fence. */
export interface Claim {
  readonly id: string;
  readonly attempt: number;
  readonly queue: string;
  readonly fence: string;
  readonly starts: number;
  readonly input: unknown;
  readonly steps: readonly Step[];
  /** What earlier workers left, by index of the step. */
  readonly done: ReadonlyMap<number, { readonly output: unknown }>;
}

export type Begun =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Not accepted yet, or only since the attempt to begin it: ask again in a moment. */
  | { readonly kind: 'offered' }
  /** Withdrawn, ended, or of another attempt: the job is to be dropped. */
  | { readonly kind: 'dropped' };

interface ClaimRow {
  id: string;
  attempt: number;
  queue: string;
  fence: string;
  starts: number;
  input: unknown;
  steps: Step[];
  done: { index: number; output: unknown }[] | null;
}

/** What a worker writes while it runs an execution. Each call but `begin` throws `FencedError` when it lost it. */
@Injectable()
export class RunRepository {
  constructor(private readonly database: Database) {}

  async begin(id: string, attempt: number, workerId: string): Promise<Begun> {
    const { rows } = await this.database.query<ClaimRow>(BEGIN_EXECUTION, [id, attempt, workerId]);
    const row = rows[0];
    if (row === undefined) return { kind: (await this.isOffered(id, attempt)) ? 'offered' : 'dropped' };
    const done = new Map(row.done?.map(({ index, output }) => [index, { output }]));
    return { kind: 'claimed', claim: { ...row, done } };
  }

  /** Notes a try of a step. Answers for how long the step has been tried, ms, and how often it failed. */
  async beginStep(claim: Claim, index: number): Promise<{ elapsedMs: number; failures: number }> {
    const { rows } = await this.database.query<{ elapsedMs: number; failures: number }>(
      `WITH mine AS (${MINE})
       INSERT INTO execution_steps AS s (execution_id, index, status, attempts)
       SELECT id, $3, 'running', 1 FROM mine
       ON CONFLICT (execution_id, index) DO UPDATE SET status = 'running', attempts = least(s.attempts, 2147483646) + 1
       RETURNING (extract(epoch FROM clock_timestamp() - started_at) * 1000)::float8 AS "elapsedMs",
                 jsonb_array_length(failures) AS failures`,
      [claim.id, claim.fence, index],
    );
    return rows[0] ?? lost();
  }

  async stepSucceeded(claim: Claim, index: number, output: string): Promise<void> {
    await this.write(
      claim,
      `UPDATE execution_steps SET status = 'succeeded', output = $4, error = NULL, finished_at = clock_timestamp()
       WHERE execution_id = (SELECT id FROM mine) AND index = $3`,
      [index, output],
    );
  }

  /** Notes a try that failed; `final` when there will be no other. */
  async stepFailed(claim: Claim, index: number, failure: Failure, final: boolean): Promise<void> {
    await this.write(
      claim,
      `UPDATE execution_steps SET
         error = $4::json,
         failures = failures || jsonb_set($4::json::jsonb, '{at}', to_jsonb(
           to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))),
         status = CASE WHEN $5 THEN 'failed' ELSE status END,
         finished_at = CASE WHEN $5 THEN clock_timestamp() END
       WHERE execution_id = (SELECT id FROM mine) AND index = $3`,
      [index, storableJson(JSON.stringify(failure)), final],
    );
  }

  /** Ends it. The fence stays, so a second finish of the same run changes nothing either. */
  async finish(
    claim: Claim,
    end: { status: 'succeeded'; result: string } | { status: 'failed'; error: Failure },
  ): Promise<{ durationMs: number }> {
    const [result, error] =
      end.status === 'succeeded' ? [end.result, null] : [null, storableJson(JSON.stringify(end.error))];
    const { rows } = await this.database.query<{ durationMs: number }>(
      `UPDATE executions SET status = $3, result = $4, error = $5, finished_at = clock_timestamp()
       WHERE id = $1 AND fence = $2 AND status = 'running'
       RETURNING (extract(epoch FROM finished_at - created_at) * 1000)::float8 AS "durationMs"`,
      [claim.id, claim.fence, end.status, result, error],
    );
    return rows[0] ?? lost();
  }

  /** Ends one that cannot even be begun; whoever holds it, or ended it meanwhile, is left alone. */
  async refuse(id: string, attempt: number, error: Failure): Promise<void> {
    await this.database.query(
      `UPDATE executions SET status = 'failed', error = $3, finished_at = clock_timestamp()
       WHERE id = $1 AND attempt = $2 AND accepted AND status = 'queued'`,
      [id, attempt, storableJson(JSON.stringify(error))],
    );
  }

  /** Gives it back unfinished. Answers the attempt under which it is to be queued. */
  async release(claim: Claim): Promise<number> {
    const { rows } = await this.database.query<{ attempt: number }>(
      `UPDATE executions SET status = 'queued', attempt = attempt + 1, fence = ${nextFence()},
         enqueued_at = clock_timestamp()
       WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING attempt`,
      [claim.id, claim.fence],
    );
    return rows[0]?.attempt ?? lost();
  }

  /** Which of these are still in the hands that hold this fence. */
  async stillMine(claims: readonly Pick<Claim, 'id' | 'fence'>[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT e.id FROM executions e
       JOIN unnest($1::uuid[], $2::bigint[]) AS mine (id, fence) ON mine.id = e.id AND mine.fence = e.fence
       WHERE e.status = 'running'`,
      [claims.map(({ id }) => id), claims.map(({ fence }) => fence)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  private async write(claim: Claim, statement: string, values: readonly unknown[]): Promise<void> {
    const { rowCount } = await this.database.query(`WITH mine AS (${MINE}) ${statement}`, [
      claim.id,
      claim.fence,
      ...values,
    ]);
    if (rowCount === 0) lost();
  }

  private async isOffered(id: string, attempt: number): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `SELECT FROM executions
       WHERE id = $1 AND attempt = $2 AND status IN ('queued', 'running')
         AND (accepted OR created_at > now() - interval '3 seconds') AND ${unlessWithdrawn()}`,
      [id, attempt],
    );
    return rowCount === 1;
  }
}

/** Locks the row, so that nobody takes the execution over between the look at its fence and the write. */
const MINE = `SELECT id FROM executions WHERE id = $1 AND fence = $2 AND status = 'running' FOR UPDATE`;

const BEGIN_EXECUTION = `
  WITH begun AS (
    UPDATE executions SET status = 'running', fence = ${nextFence()}, starts = least(starts, 2147483646) + 1, worker_id = $3,
      started_at = coalesce(started_at, clock_timestamp())
    WHERE id = $1 AND attempt = $2 AND accepted AND status IN ('queued', 'running') AND ${unlessWithdrawn()}
    RETURNING *
  )
  SELECT b.id, b.attempt, b.queue, b.fence, b.starts, b.input, w.steps, (
    SELECT json_agg(json_build_object('index', s.index, 'output', s.output))
    FROM execution_steps s WHERE s.execution_id = b.id AND s.status = 'succeeded'
  ) AS done
  FROM begun b JOIN workflows w ON w.id = b.workflow_id`;

function lost(): never {
  throw new FencedError();
}
