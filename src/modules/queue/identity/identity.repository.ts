import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import type { ProcessQueue, QueueIdentity } from './queue-identity.js';

interface Row {
  readonly instance_id: string;
  readonly queue: string;
  readonly service: string;
  readonly host: string;
  readonly sentinel: string;
  readonly address: string;
  readonly database_number: number;
  readonly prefix: string;
  readonly run_id: string | null;
}

/** A queue as a process has seen it, and for how long it has been this one, ms. */
export interface OwnQueue {
  readonly queue: string;
  readonly identity: QueueIdentity;
  readonly forMs: number;
}

/** A process rewrites its rows several times as often, so that only the living are fresh. */
const FRESH_MS = 10_000;
const LIMIT = 20;

/**
 * Which queues each process uses, in Postgres. Every call rejects while Postgres is away. Without a memory that all
 * processes share, none knows of the others.
 */
@Injectable()
export class IdentityRepository {
  constructor(private readonly database: Database) {}

  /** All of them at once. */
  async write(own: readonly ProcessQueue[]): Promise<void> {
    if (!this.database.remembers || own.length === 0) return;
    await this.database.query(
      `WITH gone AS (DELETE FROM queue_identities WHERE seen_at < now() - interval '1 hour')
       INSERT INTO queue_identities
         (instance_id, queue, service, host, sentinel, address, database_number, prefix, run_id)
       SELECT instance_id, queue, service, host, sentinel, address, database_number, prefix, run_id
       FROM jsonb_to_recordset($1::jsonb) AS own (instance_id text, queue text, service text, host text,
         sentinel text, address text, database_number integer, prefix text, run_id text)
       ON CONFLICT (instance_id, queue) DO UPDATE SET
         sentinel = excluded.sentinel, address = excluded.address, database_number = excluded.database_number,
         prefix = excluded.prefix, run_id = excluded.run_id, seen_at = now()`,
      [JSON.stringify(own.map(rowOf))],
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
   * Living processes that use other queues of these names, as they saw them since this process saw its own: what was
   * seen before may be what that was then.
   */
  async others(own: readonly OwnQueue[]): Promise<ProcessQueue[]> {
    if (!this.database.remembers || own.length === 0) return [];
    const asked = own.map(({ queue, identity, forMs }) => ({
      queue,
      sentinel: identity.sentinel,
      within_ms: Math.min(FRESH_MS, forMs),
    }));
    const { rows } = await this.database.query<Row>(
      `SELECT instance_id, queue, service, host, theirs.sentinel, address, database_number, prefix, run_id
       FROM queue_identities AS theirs
       JOIN jsonb_to_recordset($1::jsonb) AS own (queue text, sentinel text, within_ms double precision)
         USING (queue)
       WHERE theirs.sentinel <> own.sentinel AND seen_at > now() - within_ms * interval '1 millisecond'
       ORDER BY queue, service, instance_id LIMIT $2`,
      [JSON.stringify(asked), LIMIT * own.length],
    );
    return rows.map((row) => ({
      queue: row.queue,
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

function rowOf({ queue, instanceId, service, host, identity }: ProcessQueue): Row {
  return {
    instance_id: instanceId,
    queue,
    service,
    host,
    sentinel: identity.sentinel,
    address: identity.address,
    database_number: identity.database,
    prefix: identity.prefix,
    run_id: identity.runId,
  };
}
