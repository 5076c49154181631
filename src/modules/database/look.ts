import type { ClientBase } from 'pg';
import { failureOf, isRetriable, type DatabaseFailure } from './database-failure.policy.js';
import type { DryRun } from './dry-run.js';
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
  /** A digest of what this session keeps: its settings, its role, and which tables the names of ours mean to it. */
  readonly session: string;
  /** Why a row could not be written; null when it was, or when it was not tried since nothing can be. */
  readonly writeFailure: DatabaseFailure | null;
  /** Why the disk took nothing more; null when it did, or when it was not tried. */
  readonly spaceFailure: DatabaseFailure | null;
  /** What of the work that needs the database could not be done, and why; null when all could, or was not tried. */
  readonly dryRunFailure: { readonly what: string; readonly failure: DatabaseFailure } | null;
}

export interface LookOptions {
  readonly shipped: ShippedMigrations;
  /** Key of the canary row. One for each connection that may write at the same time, so that none waits for another's lock; null where nothing is to be written. */
  readonly canary: string | null;
  readonly service: string;
  /** Also asks the disk for space, which rewriting a row does not. */
  readonly space: boolean;
  /** What is tried, and rolled back. */
  readonly dryRuns: readonly DryRun[];
}

const CANARY_TABLE = 'database_canaries';

/**
 * Nothing that is asked waits for a lock longer than a client that submits would. Only for this transaction: what
 * a session keeps is everybody's behind a pooler.
 */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = 700; SET LOCAL statement_timeout = 4000`;

/** Asks one connection for the state of its server. Rejects as the driver does when it cannot even be asked. */
export async function look(client: ClientBase, options: LookOptions): Promise<ServerState> {
  const { shipped } = options;
  const read = await inTransaction(client, 'ROLLBACK', async () => {
    const { rows } = await client.query<StateRow>(STATE, [MIGRATIONS_TABLE, shipped.tables]);
    const state = rows[0];
    if (state === undefined) throw new Error('the server answered a question with no row');
    const { rows: applied } = state.migrated ? await client.query<{ name: string }>(APPLIED) : { rows: [] };
    return { state, applied };
  });
  const { state, applied } = read;
  const writable = !state.in_recovery && !state.read_only;
  const { canary } = options;
  const write = () => client.query(WRITE, [canary, options.service]);
  return {
    serverVersion: state.version,
    inRecovery: state.in_recovery,
    readOnly: state.read_only,
    session: state.session,
    applied: applied.map(({ name }) => name),
    missingTables: state.missing,
    writeFailure:
      writable && canary !== null && !state.missing.includes(CANARY_TABLE)
        ? await attempt(() => inTransaction(client, 'COMMIT', write))
        : null,
    dryRunFailure: writable && state.missing.length === 0 ? await dryRun(client, options.dryRuns) : null,
    spaceFailure:
      options.space && !state.in_recovery
        ? await attempt(() => inTransaction(client, 'ROLLBACK', () => spill(client)))
        : null,
  };
}

interface StateRow {
  version: string;
  in_recovery: boolean;
  read_only: boolean;
  migrated: boolean;
  missing: string[];
  session: string;
}

const STATE = `
  SELECT current_setting('server_version') AS version,
         pg_is_in_recovery() AS in_recovery,
         current_setting('transaction_read_only') = 'on' AS read_only,
         to_regclass('public.' || $1::text) IS NOT NULL AS migrated,
         ARRAY(SELECT t FROM unnest($2::text[]) AS t WHERE to_regclass(t) IS NULL) AS missing,
         md5(concat(session_user, current_user, (SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings
              WHERE source IN ('session', 'client', 'user', 'database', 'database user')
                AND name NOT IN ('application_name', 'lock_timeout', 'statement_timeout')),
             (SELECT string_agg(to_regclass(t)::oid::text, ',') FROM unnest($2::text[]) AS t))) AS session`;

const APPLIED = `SELECT name FROM public.${MIGRATIONS_TABLE} ORDER BY id`;

const WRITE = `
  INSERT INTO ${CANARY_TABLE} (instance_id, service, written_at) VALUES ($1, $2, now())
  ON CONFLICT (instance_id) DO UPDATE SET written_at = now()`;

/** Half a megabyte that does not fit into the memory allowed becomes a temporary file, which is gone at once. */
async function spill(client: ClientBase): Promise<void> {
  await client.query(`SET LOCAL work_mem = '64kB'`);
  await client.query('SELECT count(*) FROM generate_series(1, 20000)');
}

async function dryRun(
  client: ClientBase,
  dryRuns: readonly DryRun[],
): Promise<{ what: string; failure: DatabaseFailure } | null> {
  for (const each of dryRuns) {
    const failure = await attempt(() => inTransaction(client, 'ROLLBACK', () => each.run(client)));
    if (failure !== null) return { what: each.what, failure };
  }
  return null;
}

async function inTransaction<T>(
  client: ClientBase,
  end: 'COMMIT' | 'ROLLBACK',
  work: () => Promise<T>,
): Promise<T> {
  await client.query(BEGIN);
  try {
    const result = await work();
    await client.query(end);
    return result;
  } catch (error) {
    // A connection that is gone has nothing left to roll back.
    if (!failureOf(error).fatal) await client.query('ROLLBACK');
    throw error;
  }
}

/** A refused statement is an answer; a lost connection is not. */
async function attempt(statement: () => Promise<unknown>): Promise<DatabaseFailure | null> {
  try {
    await statement();
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.fatal) throw error;
    // Of two that met, one has to try again: the next look does.
    return isRetriable(error) ? null : failure;
  }
}
