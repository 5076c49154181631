import type { StoredHeartbeat } from '@probity/worker/wire';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database, DatabaseUnavailableError } from '../../database/index.js';
import { monotonic, storableJson, withDeadline } from '../../kernel/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { parseHeartbeat, wireOf, type Heartbeat } from '../heartbeat.js';
import { QueueWatcher } from './queue-watcher.service.js';

const SYNC_EVERY_MS = 10_000;
const FIRST_MS = 300;
const KEPT_PER_QUEUE = 200;

/** By the clock of Postgres, which may differ from that of Redis. What was seen later than this was never seen. */
const SOON = "now() + interval '1 minute'";

const SAVE = `
  INSERT INTO workers (prefix, queue, id, last_beat_at, heartbeat)
  SELECT each->>'prefix', each->>'queue', each->>'id', to_timestamp((each->>'at')::double precision / 1000), each
  FROM jsonb_array_elements($1::jsonb) AS each
  ON CONFLICT (prefix, queue, id) DO UPDATE
  SET last_beat_at = excluded.last_beat_at, heartbeat = excluded.heartbeat
  WHERE workers.last_beat_at < excluded.last_beat_at OR workers.last_beat_at > ${SOON}`;
const LOAD = `
  SELECT heartbeat FROM (
    SELECT heartbeat, row_number() OVER (PARTITION BY queue ORDER BY last_beat_at DESC) AS place
    FROM workers WHERE prefix = $1 AND queue = ANY ($2) AND last_beat_at <= ${SOON}
  ) AS placed WHERE place <= ${KEPT_PER_QUEUE}`;
/** The last of a queue stays for ever; the others as long as anybody asks. */
const FORGET = `
  DELETE FROM workers AS old WHERE last_beat_at > ${SOON} OR last_beat_at < now() - interval '1 day' AND EXISTS (
    SELECT 1 FROM workers AS newer
    WHERE newer.prefix = old.prefix AND newer.queue = old.queue AND newer.last_beat_at > old.last_beat_at)`;

/**
 * Keeps the workers that were seen in Postgres, and brings back those of before. Without Postgres the memory of
 * this process has to do; nothing waits for it and nothing fails with it.
 */
@Injectable()
export class WorkerMemory {
  private readonly logger = new Logger('WorkerMemory');
  private syncedAt = -Infinity;
  private syncing: Promise<void> | undefined;
  private loaded = false;
  private forgotAt = -Infinity;

  constructor(
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    private readonly database: Database,
    private readonly watcher: QueueWatcher,
  ) {}

  /**
   * Saves and loads in the background, every ten seconds at most. Only the first time is waited for, and not
   * long: until it is over, nobody can say that no worker was ever started.
   */
  async sync(): Promise<void> {
    if (!this.database.remembers || this.database.url === undefined || this.syncing !== undefined) return;
    if (monotonic() - this.syncedAt < SYNC_EVERY_MS) return;
    const first = this.syncedAt === -Infinity;
    this.syncedAt = monotonic();
    const syncing = this.exchange()
      .catch((error: unknown) => this.logger.debug(`workers are not remembered: ${codeOf(error)}`))
      .finally(() => {
        this.syncing = undefined;
      });
    this.syncing = syncing;
    if (first) await withDeadline(FIRST_MS, () => syncing);
  }

  private async exchange(): Promise<void> {
    const { prefix, names } = this.queues;
    if (!this.loaded) {
      const { rows } = await this.database.query<{ heartbeat: unknown }>(LOAD, [prefix, names]);
      this.watcher.remember(
        rows.map((row) => parseHeartbeat(row.heartbeat)).filter((each): each is Heartbeat => each !== null),
      );
      this.loaded = true;
    }
    const seen = this.watcher.evidence().flatMap((each) => each.workers.map((worker) => worker.heartbeat));
    await this.save(seen.map(wireOf));
    if (monotonic() - this.forgotAt < 3_600_000) return;
    await this.database.query(FORGET);
    this.forgotAt = monotonic();
  }

  /** All of them at once; when one of them cannot be stored, each on its own. */
  private async save(heartbeats: readonly StoredHeartbeat[]): Promise<void> {
    if (heartbeats.length === 0) return;
    try {
      await this.database.query(SAVE, [storableJson(JSON.stringify(heartbeats))]);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError || heartbeats.length === 1) throw error;
      for (const each of heartbeats) {
        await this.save([each]).catch((reason: unknown) => {
          if (reason instanceof DatabaseUnavailableError) throw reason;
          this.logger.warn(`worker ${each.id} is not remembered: ${codeOf(reason)}`);
        });
      }
    }
  }
}

/** Never the text of a driver, which quotes what it was given. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : ((error as Error | null)?.name ?? 'unknown');
}
