import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import type { ProcessQueue, QueueIdentity } from './queue-identity.js';

interface Row {
  readonly instance_id: string;
  readonly service: string;
  readonly host: string;
  readonly sentinel: string;
  readonly address: string;
  readonly database_number: number;
  readonly prefix: string;
  readonly run_id: string | null;
}

/** A process rewrites its row several times as often, so that only the living are fresh. */
const FRESH_MS = 10_000;
const LIMIT = 20;

/**
 * Which queue each process uses, in Postgres. Every call rejects while Postgres is away. Without a memory that all
 * processes share, none knows of the others.
 */
@Injectable()
export class IdentityRepository {
  constructor(private readonly database: Database) {}

  async write(own: ProcessQueue): Promise<void> {
    if (!this.database.remembers) return;
    const { identity } = own;
    await this.database.query(
      `WITH gone AS (DELETE FROM queue_identities WHERE seen_at < now() - interval '1 hour')
       INSERT INTO queue_identities
         (instance_id, queue, service, host, sentinel, address, database_number, prefix, run_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (instance_id, queue) DO UPDATE SET
         sentinel = $5, address = $6, database_number = $7, prefix = $8, run_id = $9, seen_at = now()`,
      [
        own.instanceId,
        own.queue,
        own.service,
        own.host,
        identity.sentinel,
        identity.address,
        identity.database,
        identity.prefix,
        identity.runId,
      ],
    );
  }

  async erase(instanceId: string): Promise<void> {
    if (!this.database.remembers) return;
    await this.database.query('DELETE FROM queue_identities WHERE instance_id = $1', [instanceId]);
  }

  /** The living processes of this deployment, whatever queue they use. */
  async living(): Promise<string[]> {
    if (!this.database.remembers) return [];
    const { rows } = await this.database.query<{ instance_id: string }>(
      `SELECT DISTINCT instance_id FROM queue_identities WHERE seen_at > now() - interval '1 minute'`,
    );
    return rows.map((row) => row.instance_id);
  }

  /**
   * Living processes that use another queue of this name, as they saw it within `withinMs`: what was seen before this
   * process saw its own may be what that was then.
   */
  async others(queue: string, own: QueueIdentity, withinMs: number): Promise<ProcessQueue[]> {
    if (!this.database.remembers) return [];
    const { rows } = await this.database.query<Row>(
      `SELECT instance_id, service, host, sentinel, address, database_number, prefix, run_id
       FROM queue_identities
       WHERE queue = $1 AND sentinel <> $2 AND seen_at > now() - $3 * interval '1 millisecond'
       ORDER BY service, instance_id LIMIT $4`,
      [queue, own.sentinel, Math.min(FRESH_MS, withinMs), LIMIT],
    );
    return rows.map((row) => ({
      queue,
      instanceId: row.instance_id,
      service: row.service,
      host: row.host,
      identity: {
        sentinel: row.sentinel,
        address: row.address,
        database: row.database_number,
        prefix: row.prefix,
        runId: row.run_id,
      },
    }));
  }
}
