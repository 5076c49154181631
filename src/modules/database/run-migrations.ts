import { connectionTo, NamedClient } from './connection.js';
import { MIGRATIONS_DIR, MIGRATIONS_TABLE } from './shipped-migrations.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SLOW_MS = 2000;

/**
 * Applies the migrations that this build ships and the database has not seen, all of them or none. Any number
 * of machines may call it at once: one works, the others wait for it and find nothing left to do.
 * Answers the names of those that were applied. Throws what the driver throws; its text may hold the URL.
 */
export async function migrate(
  url: string,
  say: (line: string) => void = () => undefined,
  dir = MIGRATIONS_DIR,
): Promise<string[]> {
  const client = new NamedClient({
    ...connectionTo(url),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'probity-migrate',
  });
  // A connection that breaks rejects the statement under way; there is nobody else to tell.
  client.on('error', () => undefined);
  const slow = setTimeout(() => say('still migrating; another machine may be at it, waiting'), SLOW_MS);
  try {
    await client.connect();
    const applied = await inOneTransaction(client, dir);
    for (const { name } of applied) say(`applied ${name}`);
    if (applied.length === 0) say('the schema is up to date');
    return applied.map(({ name }) => name);
  } finally {
    clearTimeout(slow);
    await client.end();
  }
}

/**
 * One transaction around everything, the lock included: a lock of the session would stay with whoever gets the
 * session next from a pooler, and lock out every machine for as long as that lasts.
 */
async function inOneTransaction(client: NamedClient, dir: string): Promise<{ name: string }[]> {
  await client.query('BEGIN');
  try {
    // A lock of our own: an application beside us may use node-pg-migrate's.
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    // Whoever waits for a table keeps out everybody who comes after: rather fail, and be run again.
    await client.query(`SET LOCAL lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`);
    // Loaded by who migrates, and by nobody else of those who use a database.
    const { runner } = await import('node-pg-migrate');
    const applied = await runner({
      // Its own BEGIN, inside of ours, is no more than a notice; its COMMIT is the end of both.
      dbClient: client,
      noLock: true,
      dir,
      direction: 'up',
      singleTransaction: true,
      migrationsTable: MIGRATIONS_TABLE,
      ignorePattern: '(?!.*\\.sql$).*',
      logger: SILENT,
    });
    await client.query('COMMIT');
    return applied;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

const TABLE_LOCK_TIMEOUT_MS = 5000;
const LOCK = 7_070_727_911;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Its lines are for its own command; ours say what was applied.
}
