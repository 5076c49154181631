import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** Reasons of the `database` check. */
export const databaseCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'self' },
  {
    'database.healthy': healthy('Database connection healthy'),
    'database.not_configured': fail(
      'No database is configured.',
      'DATABASE_URL is not set or not valid, so nothing that must be kept can be.',
    ),
    'database.unreachable': fail(
      'The database cannot be reached.',
      'A new connection was refused or cut off: the server is down, or the network or name is wrong.',
    ),
    'database.unresponsive': fail(
      'The database does not answer.',
      'A new connection, or a statement on one, got no answer in time: the server is frozen or overloaded.',
    ),
    'database.not_accepting': fail(
      'The database is starting or stopping.',
      'The server runs and turns every session away: it starts, recovers or shuts down.',
    ),
    'database.credentials_rejected': fail(
      'The database rejects the credentials.',
      'User, password or access rules (pg_hba.conf) refuse a new connection, and no open one works either.',
    ),
    'database.credentials_rotated': warn(
      'The database rejects new connections with the configured credentials.',
      'Connections that are open go on, and the next ones will fail: the password was changed.',
      { restart: 'harmful' },
    ),
    'database.tls_failed': fail(
      'The database and this process do not agree on encryption.',
      'The server offers no TLS, demands it, or shows a certificate that is not trusted.',
    ),
    'database.missing': fail(
      'The configured database does not exist.',
      'The server answers, and has no database of the name in DATABASE_URL.',
    ),
    'database.connection_limit': fail(
      'The database takes no more connections.',
      'The server, or the limit of the user, is full (53300), and no open connection works either.',
    ),
    'database.connection_limit_reached': warn(
      'The database takes no more connections.',
      'Connections that are open go on; the server is full (53300), so the pool cannot grow.',
      { restart: 'harmful' },
    ),
    'database.pool_exhausted': fail(
      'The connection pool of the process is exhausted.',
      'Every pooled connection is held and none came back, while a new connection works: a leak.',
      { restart: 'helps' },
    ),
    'database.pool_busy': warn(
      'The connection pool of the process is busy.',
      'Work waits for a pooled connection; they do come back, only too slowly for the load.',
    ),
    'database.pool_hanging': fail(
      'A pooled connection hangs.',
      'A statement on a pooled connection got no answer, while a new connection works.',
      { restart: 'helps' },
    ),
    'database.in_recovery': fail(
      'The database is a standby.',
      'pg_is_in_recovery() is true: it follows a primary and takes no write. It recovers on promotion.',
    ),
    'database.read_only': fail(
      'The database is read-only.',
      'transaction_read_only is on, for the server, the database or the user, so no write is taken.',
    ),
    'database.locked': fail(
      'A table that the work needs is locked.',
      'A statement of the work waited for a lock (55P03) longer than its client does: somebody holds the table.',
    ),
    'database.statement_pooling': fail(
      'The connection pooler of the database allows no transactions.',
      'PgBouncer hands out connections for single statements (pool_mode=statement), and transactions are needed.',
    ),
    'database.disk_full': fail(
      'The disk of the database is full.',
      'A write was refused for want of space (53100).',
    ),
    'database.out_of_memory': fail(
      'The database is out of memory.',
      'A statement was refused for want of memory (53200).',
    ),
    'database.storage_error': fail(
      'The database cannot read or write its storage.',
      'The server met an I/O error, a missing file or corrupted data. The disk is suspect.',
      { restart: 'harmful' },
    ),
    'database.permission_denied': fail(
      'The database user lacks permissions.',
      'The user of DATABASE_URL may not use the tables of Probity (42501).',
    ),
    'database.migrations_pending': fail(
      'The database schema is older than this version.',
      'Migrations that this build ships were not applied.',
    ),
    'database.table_missing': fail(
      'A table of the database is missing.',
      'The migrations made it, and it is gone or hidden from the user.',
    ),
    'database.schema_newer': warn(
      'The database schema is newer than this version.',
      'A newer version has migrated, as in a rolling deployment: this process should be replaced soon.',
    ),
    'database.error': fail(
      'The database answered with an unexpected error.',
      'An error that Probity does not know; the message carries its text.',
    ),
  },
);

type DatabaseCodes = typeof databaseCodes;
declare global {
  namespace Probity {
    interface Codes extends DatabaseCodes {}
  }
}
