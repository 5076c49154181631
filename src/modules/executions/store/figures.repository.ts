import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import type { WorkflowFigures } from '../check/workflows.assess.js';

/** The figures of the `workflows` check, in statements that read indexes only. */
@Injectable()
export class FiguresRepository {
  constructor(private readonly database: Database) {}

  /** `recentMs` is how far back executions that ended are counted. */
  async read(recentMs: number): Promise<WorkflowFigures> {
    const { rows } = await this.database.query<WorkflowFigures>(
      `SELECT
         (SELECT count(*)::int FROM workflows) AS "totalWorkflows",
         u.queued, u.running, u."oldestQueuedAgeMs", r.succeeded, r.failed
       FROM (
         SELECT count(*) FILTER (WHERE status = 'queued')::int AS queued,
           count(*) FILTER (WHERE status = 'running')::int AS running,
           (extract(epoch FROM now() - min(enqueued_at) FILTER (WHERE status = 'queued')) * 1000)::float8
             AS "oldestQueuedAgeMs"
         FROM executions WHERE status IN ('queued', 'running') AND accepted
       ) u, (
         SELECT count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded,
           count(*) FILTER (WHERE status = 'failed')::int AS failed
         FROM executions WHERE finished_at > now() - $1 * interval '1 millisecond'
       ) r`,
      [recentMs],
    );
    return rows[0] as WorkflowFigures;
  }

  /** Whether an execution has waited for a worker for longer than `maxWaitMs`: the first that has ends the search. */
  async anyLate(maxWaitMs: number): Promise<boolean> {
    const { rows } = await this.database.query<{ late: boolean }>(
      `SELECT EXISTS (
         SELECT FROM executions WHERE status = 'queued' AND accepted
           AND enqueued_at < now() - $1 * interval '1 millisecond'
       ) AS late`,
      [maxWaitMs],
    );
    return rows[0]?.late ?? false;
  }
}
