import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  Board,
  isStatus,
  Lifecycle,
  SERVICE,
  type ServiceIdentity,
  type Status,
  type Transition,
} from '../health/index.js';
import { monotonic, storableJson, withDeadline } from '../kernel/index.js';
import { Database } from './database.service.js';
import { IncidentQueue, type Incident } from './incident-queue.js';

const CAPACITY = 1000;
const BATCH = 100;
const RETRY_MS = 1000;
/** What a database that is silent does not take in this time is lost with the process. */
const LAST_WRITE_MS = 500;
const KEEP_DAYS = 30;
const PRUNE_EVERY_MS = 3_600_000;
/** So few at once that nobody waits for it, however many years were kept. */
const PRUNE_BATCH = 2000;
const PRUNE_ON_MS = 1000;

/** A change of a check, as the history tells it. */
export interface RecordedIncident {
  readonly check: string;
  readonly from: Status;
  readonly to: Status;
  readonly code: string;
  readonly message: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** How long the state before lasted. */
  readonly lastedMs: number;
  readonly service: string;
  readonly instanceId: string;
}

/**
 * Writes every transition of the board to Postgres. The board never waits for it: what cannot be written now is
 * kept, up to 1000 transitions, and written when the database is back.
 */
@Injectable()
export class IncidentHistory implements OnApplicationShutdown {
  private readonly queue = new IncidentQueue(CAPACITY);
  private readonly logger = new Logger('Incidents');
  private writing: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private pruneAt = -Infinity;
  private oldLeft = false;
  private toldLost = 0;
  private stopped = false;

  constructor(
    private readonly database: Database,
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    board: Board,
    lifecycle: Lifecycle,
  ) {
    if (database.url === undefined || !database.remembers) return;
    board.onTransition((transition) => this.record(transition));
    lifecycle.onDrain('incidents', async () => void (await withDeadline(LAST_WRITE_MS, () => this.flush())));
  }

  /** The latest transitions of all processes, the newest first. Rejects as `Database.query`. */
  async recentIncidents(limit: number): Promise<RecordedIncident[]> {
    const { rows } = await this.database.query<IncidentRow>(RECENT, [limit]);
    return rows.map(fromRow);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.retry);
  }

  private record(transition: Transition): void {
    this.queue.add({ ...transition, id: randomUUID() });
    void this.flush();
  }

  /** Writes what waits, one batch after the other; never rejects. What fails stays and is tried again. */
  private flush(): Promise<void> {
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
      // What came while the last of it was done was told that it is being written.
      if (this.queue.size > 0 && this.retry === undefined && !this.stopped) void this.flush();
    });
    return this.writing;
  }

  private async write(): Promise<void> {
    clearTimeout(this.retry);
    this.retry = undefined;
    try {
      while (this.queue.size > 0) {
        const batch = this.queue.next(BATCH);
        await this.insert(batch);
        this.queue.written(batch);
      }
      this.tellLosses();
      await this.prune();
    } catch (error) {
      this.logger.debug(`${this.queue.size} transitions wait to be written: ${(error as Error).message}`);
      this.retryIn(RETRY_MS);
    }
  }

  private async insert(batch: readonly Incident[]): Promise<void> {
    const rows = batch.map(({ id, check, from, to, code, message, at, lastedMs }) => ({
      id,
      check_key: check,
      from_status: from,
      to_status: to,
      code,
      message,
      at: new Date(at).toISOString(),
      lasted_ms: Math.round(lastedMs),
    }));
    const { name, instanceId } = this.service;
    await this.database.query(INSERT, [storableJson(JSON.stringify(rows)), name, instanceId]);
  }

  private tellLosses(): void {
    const { lost } = this.queue;
    if (lost > this.toldLost) {
      this.logger.warn(
        `${lost - this.toldLost} transitions are missing from the history: the queue was full`,
      );
    }
    this.toldLost = lost;
  }

  /** What is left over is taken away a second later, whatever was written in between. */
  private async prune(): Promise<void> {
    if (monotonic() >= this.pruneAt) {
      const { rowCount } = await this.database.query(PRUNE_INCIDENTS, [KEEP_DAYS, PRUNE_BATCH]);
      this.oldLeft = rowCount === PRUNE_BATCH;
      if (!this.oldLeft) await this.database.query(PRUNE_CANARIES);
      this.pruneAt = monotonic() + (this.oldLeft ? PRUNE_ON_MS : PRUNE_EVERY_MS);
    }
    if (this.oldLeft) this.retryIn(Math.max(1, this.pruneAt - monotonic()));
  }

  private retryIn(ms: number): void {
    clearTimeout(this.retry);
    if (!this.stopped) this.retry = setTimeout(() => void this.flush(), ms).unref();
  }
}

const INSERT = `
  INSERT INTO incidents (id, check_key, from_status, to_status, code, message, at, lasted_ms, service, instance_id)
  SELECT id, check_key, from_status, to_status, code, message, at, lasted_ms, $2, $3
  FROM jsonb_to_recordset($1::jsonb) AS row(
    id uuid, check_key text, from_status text, to_status text, code text, message text, at timestamptz, lasted_ms bigint
  )
  ON CONFLICT (id) DO NOTHING`;

const RECENT = `
  SELECT check_key, from_status, to_status, code, message, at, lasted_ms, service, instance_id
  FROM incidents ORDER BY at DESC LIMIT $1`;

// Rows that another process holds are left to it: pruning must never wait for anybody.
const PRUNE_INCIDENTS = `
  DELETE FROM incidents WHERE id IN (
    SELECT id FROM incidents WHERE at < now() - make_interval(days => $1)
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
  )`;

const PRUNE_CANARIES = `
  DELETE FROM database_canaries WHERE instance_id IN (
    SELECT instance_id FROM database_canaries WHERE written_at < now() - interval '1 hour' FOR UPDATE SKIP LOCKED
  )`;

interface IncidentRow {
  check_key: string;
  from_status: string;
  to_status: string;
  code: string;
  message: string;
  at: Date;
  lasted_ms: string;
  service: string;
  instance_id: string;
}

function fromRow(row: IncidentRow): RecordedIncident {
  return {
    check: row.check_key,
    from: statusOf(row.from_status),
    to: statusOf(row.to_status),
    code: row.code,
    message: row.message,
    at: row.at.toISOString(),
    lastedMs: Number(row.lasted_ms),
    service: row.service,
    instanceId: row.instance_id,
  };
}

// Unknown is never healthy, in the history neither.
function statusOf(text: string): Status {
  return isStatus(text) ? text : 'fail';
}
