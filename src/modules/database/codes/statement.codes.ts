import { askApi, defineCodes, fail, MONITORING, warn } from '../../health/codes/index.js';

/** Whether PostgreSQL does what it is asked. */
export const statementCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'database.in_recovery': fail({
      message: 'The database is a standby.',
      means:
        'pg_is_in_recovery() is true: it follows a primary and takes no write. It recovers on promotion.',
      firstCommand: 'psql "$DATABASE_URL" -c \'SELECT pg_is_in_recovery()\'',
      fix: 'Point DATABASE_URL at the primary, or promote this server.',
    }),
    'database.read_only': fail({
      message: 'The database is read-only.',
      means: 'transaction_read_only is on, for the server, the database or the user, so no write is taken.',
      firstCommand: 'psql "$DATABASE_URL" -c \'SHOW transaction_read_only\'',
      fix: 'Find who set default_transaction_read_only and why, then set it off.',
    }),
    'database.locked': fail({
      message: 'A table that the work needs is locked.',
      means:
        'A statement of the work waited for a lock (55P03) longer than its client does: somebody holds the table.',
      firstCommand:
        'psql "$DATABASE_URL" -c "SELECT pid, pg_blocking_pids(pid), state, left(query, 60) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0 OR state = \'idle in transaction\'"',
      fix: 'Let the session that holds the table finish, or end it by pg_terminate_backend.',
    }),
    'database.statement_pooling': fail({
      message: 'The connection pooler of the database allows no transactions.',
      means:
        'PgBouncer hands out connections for single statements (pool_mode=statement), and transactions are needed.',
      kind: 'setup',
      firstCommand: "psql \"$DATABASE_URL\" -c 'BEGIN' -c 'ROLLBACK'",
      fix: 'Set pool_mode = transaction for this database in pgbouncer.ini, and reload it.',
    }),
    'database.disk_full': fail({
      message: 'The disk of the database is full.',
      means: 'A write was refused for want of space (53100).',
      firstCommand: 'psql "$DATABASE_URL" -c \'SELECT pg_size_pretty(pg_database_size(current_database()))\'',
      fix: 'Free space on the data volume, never in pg_wal by hand.',
    }),
    'database.out_of_memory': fail({
      message: 'The database is out of memory.',
      means: 'A statement was refused for want of memory (53200).',
      firstCommand: 'psql "$DATABASE_URL" -c \'SHOW work_mem\'',
      fix: 'Look at the memory of its machine, and at work_mem times the number of sessions.',
    }),
    'database.storage_error': fail({
      message: 'The database cannot read or write its storage.',
      means: 'The server met an I/O error, a missing file or corrupted data. The disk is suspect.',
      restart: 'harmful',
      firstCommand: 'psql "$DATABASE_URL" -c \'SHOW data_checksums\'',
      fix: 'Stop writing, take a copy of the volume, and fail over.',
    }),
    'database.permission_denied': fail({
      message: 'The database user lacks permissions.',
      means: 'The user of DATABASE_URL may not use the tables of Probity (42501).',
      kind: 'setup',
      firstCommand: 'psql "$DATABASE_URL" -c \'\\dp incidents\'',
      fix: 'Grant the user what the owner of the migrations has.',
    }),
    'database.migrations_pending': fail({
      message: 'The database schema is older than this version.',
      means: 'Migrations that this build ships were not applied.',
      kind: 'setup',
      firstCommand: askApi('/readyz/database?verbose', '.details'),
      fix: 'Run npm run db:migrate.',
    }),
    'database.memory_missing': warn({
      message: 'Nothing is remembered in the database.',
      means:
        'The database is well. What was to be remembered in it, incarnations and incidents, is not: the tables of Probity are not there.',
      kind: 'setup',
      firstCommand: askApi('/readyz/database?verbose', '.details'),
      fix: 'Run npx probity-migrate with DATABASE_URL, or give ProbityModule database.memory: false.',
    }),
    'database.table_missing': fail({
      message: 'A table of the database is missing.',
      means: 'The migrations made it, and it is gone or hidden from the user.',
      firstCommand: 'psql "$DATABASE_URL" -c \'\\dt\'',
      fix: 'Restore the table from a backup.',
    }),
    'database.schema_newer': warn({
      message: 'The database schema is newer than this version.',
      means:
        'A newer version has migrated, as in a rolling deployment: this process should be replaced soon.',
      kind: 'planned',
      firstCommand: askApi('/readyz/database?verbose', '.details'),
      fix: 'Finish the deployment, or deploy the version that the schema belongs to.',
    }),
    'database.error': fail({
      message: 'The database answered with an unexpected error.',
      means: 'An error that Probity does not know; the message carries its text.',
      firstCommand: 'psql "$DATABASE_URL" -c \'SELECT 1\'',
      fix: 'Look the SQLSTATE up in the manual of PostgreSQL.',
    }),
  },
);
