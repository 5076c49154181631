import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import {
  LOCK_WITHIN_MS,
  nextFence,
  toPage,
  type Execution,
  type ExecutionStatus,
  type ExecutionSummary,
  type Failure,
  type Page,
  type PageRequest,
} from './execution.js';
import { stepRecords, type NotedStep } from './step-records.js';

/** A little more than `MAX_OUTPUTS_BYTES`: Postgres writes JSON as it came. */
const MAX_SHOWN_BYTES = 3 * 1024 * 1024;

interface SummaryRow {
  id: string;
  workflow_id: string;
  status: ExecutionStatus;
  error: Failure | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  position: string;
}

interface ExecutionRow extends SummaryRow {
  input: unknown;
  result: unknown;
  definition: unknown;
  records: NotedStep[] | null;
}

export interface ExecutionFilter {
  readonly status: ExecutionStatus | null;
  readonly workflowId: string | null;
}

/** Executions as clients read and cancel them. One that was never accepted does not exist here. */
@Injectable()
export class ExecutionRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<Execution | null> {
    const { rows } = await this.database.promptly<ExecutionRow>(LOCK_WITHIN_MS, FIND, [id]);
    const row = rows[0];
    if (row === undefined) return null;
    const steps = stepRecords(row.definition, row.records ?? []);
    return { ...toSummary(row), input: row.input, result: row.result, steps };
  }

  async list({ status, workflowId }: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionSummary>> {
    const { rows } = await this.database.promptly<SummaryRow>(
      LOCK_WITHIN_MS,
      `SELECT id, workflow_id, status, error, created_at, started_at, finished_at, position FROM executions
       WHERE accepted
         AND ($2::text IS NULL OR status = $2)
         AND ($3::uuid IS NULL OR workflow_id = $3)
         AND ($4::bigint IS NULL OR position < $4)
       ORDER BY position DESC LIMIT $1 + 1`,
      [String(page.limit), status, workflowId, page.before],
    );
    return toPage(rows, page.limit, toSummary);
  }

  /**
   * Ends an execution that has not ended: its worker's writes count no more, and it is told so. Answers the
   * status it has now, null when there is no such execution.
   */
  async cancel(id: string): Promise<{ cancelled: boolean; status: ExecutionStatus } | null> {
    return await this.database.transaction(async (client) => {
      const cancelled = await client.query(
        `UPDATE executions SET status = 'cancelled', fence = ${nextFence()}, finished_at = clock_timestamp()
         WHERE id = $1 AND accepted AND status IN ('queued', 'running')`,
        [id],
      );
      if (cancelled.rowCount === 1) {
        await client.query(
          `UPDATE execution_steps SET status = 'cancelled', finished_at = clock_timestamp()
           WHERE execution_id = $1 AND status = 'running'`,
          [id],
        );
        return { cancelled: true, status: 'cancelled' };
      }
      const { rows } = await client.query<{ status: ExecutionStatus }>(
        `SELECT status FROM executions WHERE id = $1 AND accepted`,
        [id],
      );
      return rows[0] === undefined ? null : { cancelled: false, status: rows[0].status };
    });
  }
}

/**
 * Nothing looks into what clients sent: it was kept as it came, and need not be what SQL can read. Outputs that would
 * make the answer larger than any execution may be by now were kept by an earlier version; they are left out.
 */
const FIND = `
  SELECT e.*, w.steps AS definition, (
    SELECT json_agg(json_build_object(
      'index', r.index,
      'status', r.status,
      'attempts', r.attempts,
      'startedAt', to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'finishedAt', to_char(r.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'output', CASE WHEN r.shown THEN r.output END,
      'outputOmitted', NOT r.shown,
      'error', r.error,
      'failures', r.failures
    )) FROM (
      SELECT o.*, o.output IS NULL
        OR sum(octet_length(o.output::text)) OVER (ORDER BY o.index) <= ${MAX_SHOWN_BYTES} AS shown
      FROM execution_steps o WHERE o.execution_id = $1
    ) r
  ) AS records
  FROM executions e JOIN workflows w ON w.id = e.workflow_id
  WHERE e.id = $1 AND e.accepted`;

function toSummary(row: SummaryRow): ExecutionSummary {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    status: row.status,
    error: row.error,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
