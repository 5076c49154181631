import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../../health/codes/index.js';

/** Whether PostgreSQL is reached, and lets us in. */
export const connectionCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'database.healthy': healthy('Database connection healthy'),
    'database.not_configured': fail({
      message: 'No database is configured.',
      means: 'DATABASE_URL is not set or not valid, so nothing that must be kept can be.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set DATABASE_URL, and start the process anew with it.',
    }),
    'database.unreachable': fail({
      message: 'The database cannot be reached.',
      means: 'A new connection was refused or cut off: the server is down, or the network or name is wrong.',
      firstCommand: 'pg_isready -d "$DATABASE_URL"',
      fix: 'Start PostgreSQL, or correct host and port in DATABASE_URL.',
    }),
    'database.unresponsive': fail({
      message: 'The database does not answer.',
      means:
        'A new connection, or a statement on one, got no answer in time: the server is frozen or overloaded.',
      firstCommand: 'timeout 5 psql "$DATABASE_URL" -c \'SELECT 1\' || echo no answer',
      fix: 'Look for a stopped process, a full processor or a full disk on the machine of PostgreSQL.',
    }),
    'database.not_accepting': fail({
      message: 'The database is starting or stopping.',
      means: 'The server runs and turns every session away: it starts, recovers or shuts down.',
      firstCommand: 'pg_isready -d "$DATABASE_URL"',
      fix: 'Wait until the server has started or recovered.',
    }),
    'database.credentials_rejected': fail({
      message: 'The database rejects the credentials.',
      means:
        'User, password or access rules (pg_hba.conf) refuse a new connection, and no open one works either.',
      firstCommand: 'psql "$DATABASE_URL" -c \'SELECT current_user\'',
      fix: 'Correct user and password in DATABASE_URL, or mend the access rules of the server.',
    }),
    'database.credentials_rotated': warn({
      message: 'The database rejects new connections with the configured credentials.',
      means: 'Connections that are open go on, and the next ones will fail: the password was changed.',
      restart: 'harmful',
      firstCommand: 'psql "$DATABASE_URL" -c \'SELECT current_user\'',
      fix: 'Roll the new password out before anything restarts.',
    }),
    'database.tls_failed': fail({
      message: 'The database and this process do not agree on encryption.',
      means: 'The server offers no TLS, demands it, or shows a certificate that is not trusted.',
      firstCommand: 'psql "$DATABASE_URL" -c \'SHOW ssl\'',
      fix: 'Correct sslmode in DATABASE_URL, or give the process the authority by NODE_EXTRA_CA_CERTS.',
    }),
    'database.missing': fail({
      message: 'The configured database does not exist.',
      means: 'The server answers, and has no database of the name in DATABASE_URL.',
      kind: 'setup',
      firstCommand: 'psql "$DATABASE_URL" -c \'SELECT current_database()\'',
      fix: 'Create the database and run npm run db:migrate, or correct the name in DATABASE_URL.',
    }),
    'database.connection_limit': fail({
      message: 'The database takes no more connections.',
      means: 'The server, or the limit of the user, is full (53300), and no open connection works either.',
      firstCommand:
        'psql "$DATABASE_URL" -c \'SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC\'',
      fix: 'End what holds the connections, or raise max_connections.',
    }),
    'database.connection_limit_reached': warn({
      message: 'The database takes no more connections.',
      means: 'Connections that are open go on; the server is full (53300), so the pool cannot grow.',
      restart: 'harmful',
      firstCommand:
        'psql "$DATABASE_URL" -c \'SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC\'',
      fix: 'Make room for connections before anything restarts.',
    }),
    'database.pool_exhausted': fail({
      message: 'The connection pool of the process is exhausted.',
      means: 'Every pooled connection is held and none came back, while a new connection works: a leak.',
      restart: 'helps',
      firstCommand: askApi('/readyz/database?verbose', '.details.pool'),
      fix: 'Restart the process, and keep its log.',
    }),
    'database.pool_busy': warn({
      message: 'The connection pool of the process is busy.',
      means: 'Work waits for a pooled connection; they do come back, only too slowly for the load.',
      firstCommand: askApi('/readyz/database?verbose', '.details.pool'),
      fix: 'Find the slow statements in pg_stat_activity, or add api processes.',
    }),
    'database.pool_hanging': fail({
      message: 'A pooled connection hangs.',
      means: 'A statement on a pooled connection got no answer, while a new connection works.',
      restart: 'helps',
      firstCommand:
        'psql "$DATABASE_URL" -c "SELECT pid, state, wait_event, left(query, 60) FROM pg_stat_activity WHERE datname = current_database()"',
      fix: 'Restart the process.',
    }),
  },
);
