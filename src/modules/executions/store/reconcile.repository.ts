import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import type { Failure } from './execution.js';

/** An unfinished execution, as it was when it was looked at. */
export interface UnfinishedRow {
  readonly id: string;
  readonly position: string;
  readonly queue: string;
  readonly attempt: number;
  readonly fence: string;
  readonly starts: number;
}

export interface Sweep {
  /** Those that this process can ask about. */
  readonly queues: readonly string[];
  /** Only rows that were queued at least this long ago, ms: a job may still be on its way. */
  readonly graceMs: number;
  readonly after: string;
  readonly limit: number;
}

/** What the reconciler reads and writes. Each change holds only while the row is as it was when it was read. */
@Injectable()
export class ReconcileRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes the turn to sweep, when nobody did within `everyMs`, and answers where to begin; else null. One
   * process at a time works, however many there are, and the next one goes on when it dies.
   */
  async takeTurn(everyMs: number): Promise<string | null> {
    const { rows } = await this.database.query<{ position: string }>(
      `UPDATE execution_sweep SET swept_at = now()
       WHERE swept_at < now() - $1 * interval '1 millisecond' RETURNING position`,
      [everyMs],
    );
    return rows[0]?.position ?? null;
  }

  async endTurn(position: string): Promise<void> {
    await this.database.query(`UPDATE execution_sweep SET position = $1`, [position]);
  }

  async unfinished({ queues, graceMs, after, limit }: Sweep): Promise<UnfinishedRow[]> {
    const { rows } = await this.database.query<UnfinishedRow>(
      `SELECT id, position, queue, attempt, fence, starts FROM executions
       WHERE status IN ('queued', 'running') AND accepted AND position > $1
         AND enqueued_at <= now() - $2 * interval '1 millisecond' AND queue = ANY($4)
       ORDER BY position LIMIT $3`,
      [after, graceMs, limit, queues],
    );
    return rows;
  }

  /** Makes them queued again under their next attempts; answers those that were still as they had been read. */
  async requeue(rows: readonly UnfinishedRow[]): Promise<{ id: string; queue: string; attempt: number }[]> {
    const moved = await this.database.query<{ id: string; queue: string; attempt: number }>(
      `UPDATE executions e SET status = 'queued', attempt = e.attempt + 1, fence = e.fence + 1,
         enqueued_at = clock_timestamp()
       FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS seen (id, fence, attempt)
       WHERE e.id = seen.id AND e.fence = seen.fence AND e.attempt = seen.attempt
         AND e.status IN ('queued', 'running')
       RETURNING e.id, e.queue, e.attempt`,
      asSeen(rows),
    );
    return moved.rows;
  }

  /** Fails them; answers how many were still as they had been read. */
  async giveUp(rows: readonly UnfinishedRow[], error: Failure): Promise<number> {
    const { rowCount } = await this.database.query(
      `UPDATE executions e SET status = 'failed', fence = e.fence + 1, error = $4, finished_at = clock_timestamp()
       FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS seen (id, fence, attempt)
       WHERE e.id = seen.id AND e.fence = seen.fence AND e.attempt = seen.attempt
         AND e.status IN ('queued', 'running')`,
      [...asSeen(rows), JSON.stringify(error)],
    );
    return rowCount ?? 0;
  }
}

function asSeen(rows: readonly UnfinishedRow[]): unknown[] {
  return [rows.map(({ id }) => id), rows.map(({ fence }) => fence), rows.map(({ attempt }) => attempt)];
}
