import type { ClientBase } from 'pg';
import { failureOf, type Failure } from './database-failure.policy.js';
import { MIGRATIONS_TABLE, type ShippedMigrations } from './shipped-migrations.js';

/** What one connection says of the server behind it. */
export interface ServerState {
  readonly serverVersion: string;
  /** A standby that follows a primary. */
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  /** Names of the migrations that the database has seen. */
  readonly applied: readonly string[];
  /** Tables that the shipped migrations make and that are not there. */
  readonly missingTables: readonly string[];
  /** Why a row could not be written; null when it was, or when it was not tried since nothing can be. */
  readonly writeFailure: Failure | null;
  /** Why the disk took nothing more; null when it did, or when it was not tried. */
  readonly spaceFailure: Failure | null;
}

export interface LookOptions {
  readonly shipped: ShippedMigrations;
  /** Key of the canary row. One for each connection that may write at the same time, so that none waits for another's lock. */
  readonly canary: string;
  readonly service: string;
  /** Also asks the disk for space, which rewriting a row does not. */
  readonly space: boolean;
}

const CANARY_TABLE = 'database_canaries';

/** Asks one connection for the state of its server. Rejects as the driver does when it cannot even be asked. */
export async function look(client: ClientBase, options: LookOptions): Promise<ServerState> {
  const { shipped } = options;
  const { rows } = await client.query<StateRow>(STATE, [MIGRATIONS_TABLE, shipped.tables]);
  const state = rows[0];
  if (state === undefined) throw new Error('the server answered a question with no row');
  const { rows: applied } = state.migrated ? await client.query<{ name: string }>(APPLIED) : { rows: [] };
  const writable = !state.in_recovery && !state.read_only && !state.missing.includes(CANARY_TABLE);
  return {
    serverVersion: state.version,
    inRecovery: state.in_recovery,
    readOnly: state.read_only,
    applied: applied.map(({ name }) => name),
    missingTables: state.missing,
    writeFailure: writable
      ? await attempt(() => client.query(WRITE, [options.canary, options.service]))
      : null,
    spaceFailure: options.space && !state.in_recovery ? await attempt(() => spill(client)) : null,
  };
}

interface StateRow {
  version: string;
  in_recovery: boolean;
  read_only: boolean;
  migrated: boolean;
  missing: string[];
}

const STATE = `
  SELECT current_setting('server_version') AS version,
         pg_is_in_recovery() AS in_recovery,
         current_setting('transaction_read_only') = 'on' AS read_only,
         to_regclass('public.' || $1::text) IS NOT NULL AS migrated,
         ARRAY(SELECT t FROM unnest($2::text[]) AS t WHERE to_regclass(t) IS NULL) AS missing`;

const APPLIED = `SELECT name FROM public.${MIGRATIONS_TABLE} ORDER BY id`;

const WRITE = `
  INSERT INTO ${CANARY_TABLE} (instance_id, service, written_at) VALUES ($1, $2, now())
  ON CONFLICT (instance_id) DO UPDATE SET written_at = now()`;

/** Half a megabyte that does not fit into the memory allowed becomes a temporary file, which is gone at once. */
async function spill(client: ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL work_mem = '64kB'`);
    await client.query('SELECT count(*) FROM generate_series(1, 20000)');
  } finally {
    await client.query('ROLLBACK');
  }
}

/** A refused statement is an answer; a lost connection is not. */
async function attempt(statement: () => Promise<unknown>): Promise<Failure | null> {
  try {
    await statement();
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.fatal) throw error;
    return failure;
  }
}
