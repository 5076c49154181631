import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { storableJson } from '../../kernel/index.js';
import type { TakenJobs } from '../../heartbeat/index.js';
import { nextFence, unlessWithdrawn, type Failure } from './execution.js';

/** An unfinished execution, as it was when it was looked at. */
export interface UnfinishedRow {
  readonly id: string;
  readonly position: string;
  readonly queue: string;
  readonly status: 'queued' | 'running';
  readonly attempt: number;
  readonly fence: string;
  readonly starts: number;
}

/** An execution that is to be put into the queue under this attempt. */
export interface Requeued {
  readonly id: string;
  readonly queue: string;
  readonly attempt: number;
}

/** How the search for lost executions gets on, and what it has found of jobs that somebody else took. */
export interface SweepProgress {
  /** Ms since a page was ended, by whichever process. */
  readonly advancedAgeMs: number;
  /** Ms since the end of the last round in which everything could be looked at. */
  readonly roundAgeMs: number;
  readonly taken: TakenJobs | null;
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

  /** `whole`: everything of the page could be looked at. A round is whole when all of its pages were. */
  async endPage(position: string, whole: boolean): Promise<void> {
    await this.database.query(
      `UPDATE execution_sweep SET position = $1::bigint, advanced_at = now(),
         round_ended_at = CASE WHEN $1::bigint = 0 AND round_whole AND $2 THEN now() ELSE round_ended_at END,
         round_whole = $1::bigint = 0 OR (round_whole AND $2)`,
      [position, whole],
    );
  }

  /** Null when the row is gone from which processes take their turns. */
  async progress(): Promise<SweepProgress | null> {
    const { rows } = await this.database.query<SweepProgress>(
      `SELECT ${ageOf('advanced_at')} AS "advancedAgeMs", ${ageOf('round_ended_at')} AS "roundAgeMs",
         CASE WHEN stolen_at IS NOT NULL THEN json_build_object(
           'total', stolen, 'ageMs', ${ageOf('stolen_at')}, 'jobId', stolen_job) END AS taken
       FROM execution_sweep`,
    );
    return rows[0] ?? null;
  }

  /** Counts them, however many there are. */
  async countUnfinished(): Promise<number> {
    const { rows } = await this.database.query<{ unfinished: number }>(
      `SELECT count(*)::int AS unfinished FROM executions WHERE status IN ('queued', 'running') AND accepted`,
    );
    return rows[0]?.unfinished ?? 0;
  }

  async noteTaken(count: number, jobId: string): Promise<void> {
    await this.database.query(
      `UPDATE execution_sweep SET stolen = stolen + $1, stolen_at = now(), stolen_job = $2`,
      [count, jobId],
    );
  }

  async unfinished({ queues, graceMs, after, limit }: Sweep): Promise<UnfinishedRow[]> {
    const { rows } = await this.database.query<UnfinishedRow>(
      `SELECT id, position, queue, status, attempt, fence, starts FROM executions
       WHERE status IN ('queued', 'running') AND accepted AND position > $1
         AND enqueued_at <= now() - $2 * interval '1 millisecond' AND queue = ANY($4)
       ORDER BY position LIMIT $3`,
      [after, graceMs, limit, queues],
    );
    return rows;
  }

  /** Makes them queued again under their next attempts; answers those that were still as they had been read. */
  async requeue(rows: readonly UnfinishedRow[]): Promise<Requeued[]> {
    const moved = await this.database.query<Requeued>(
      `UPDATE executions e SET status = 'queued', attempt = e.attempt + 1, fence = ${nextFence('e.fence')},
         enqueued_at = clock_timestamp()
       FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS seen (id, fence, attempt)
       WHERE e.id = seen.id AND e.fence = seen.fence AND e.attempt = seen.attempt
         AND e.status IN ('queued', 'running') AND ${unlessWithdrawn('e')}
       RETURNING e.id, e.queue, e.attempt`,
      asSeen(rows),
    );
    return moved.rows;
  }

  /** Fails them; answers how many were still as they had been read. */
  async giveUp(rows: readonly UnfinishedRow[], error: Failure): Promise<number> {
    const { rowCount } = await this.database.query(
      `UPDATE executions e SET status = 'failed', fence = ${nextFence('e.fence')}, error = $4, finished_at = clock_timestamp()
       FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS seen (id, fence, attempt)
       WHERE e.id = seen.id AND e.fence = seen.fence AND e.attempt = seen.attempt
         AND e.status IN ('queued', 'running')`,
      [...asSeen(rows), storableJson(JSON.stringify(error))],
    );
    return rowCount ?? 0;
  }
}

const ageOf = (column: string) => `(extract(epoch FROM now() - ${column}) * 1000)::float8`;

function asSeen(rows: readonly UnfinishedRow[]): unknown[] {
  return [rows.map(({ id }) => id), rows.map(({ fence }) => fence), rows.map(({ attempt }) => attempt)];
}
