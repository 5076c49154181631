import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { connectionTo, migrate, NamedClient } from '../../../src/modules/database/index.js';
import { DRY_RUN_OF_ACCEPTING } from '../../../src/modules/executions/store/submission.repository.js';
import { eventually } from '../../fixtures/eventually.js';
import { PostgresServer } from '../../fixtures/postgres.js';
import { Watched } from './watched.js';

describe('the database check, when', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
    await migrate(server.url);
  });

  const everyPooled = async (watched: Watched): Promise<PoolClient[]> =>
    await Promise.all(Array.from({ length: 10 }, () => watched.database.pool.connect()));

  it.each([
    ['SET default_transaction_read_only = on', 'default_transaction_read_only'],
    ['SET search_path = nowhere', 'search_path'],
    ['SET ROLE pg_monitor', 'role'],
    ['SET default_transaction_isolation = serializable', 'default_transaction_isolation'],
    ['CREATE TEMPORARY TABLE executions (id int)', undefined],
  ])(
    'a pooled session keeps "%s" and a new one does not, replaces the pooled ones',
    async (statement, setting) => {
      const watched = Watched.start(server.url);
      await watched.says('database.healthy');
      const clients = await everyPooled(watched);
      for (const client of clients) await client.query(statement);
      for (const client of clients) client.release();
      const state =
        setting === undefined
          ? `(SELECT count(*)::text FROM pg_class WHERE relnamespace = pg_my_temp_schema())`
          : `current_setting('${setting}')`;
      const question = `SELECT ${state} AS value`;
      const [normal] = await server.query(question);
      await eventually(
        async () => {
          const held = await everyPooled(watched);
          const values = await Promise.all(
            held.map(async (client) => (await client.query(question)).rows[0]),
          );
          for (const client of held) watched.database.release(client);
          expect(values).toEqual(held.map(() => normal));
          return true;
        },
        { timeoutMs: 9000, intervalMs: 300, what: 'sessions as new ones' },
      );
      await watched.says('database.healthy');
      await watched.stop();
    },
  );

  const locks: NamedClient[] = [];
  const lock = async (what: string): Promise<void> => {
    const client = new NamedClient(connectionTo(server.url));
    client.on('error', () => undefined);
    await client.connect();
    locks.push(client);
    await client.query(`BEGIN; LOCK TABLE ${what} MODE`);
  };
  const unlock = () => Promise.all(locks.splice(0).map((client) => client.end()));
  afterEach(unlock);

  it.each(['executions IN ACCESS EXCLUSIVE', 'executions IN SHARE', 'workflows IN EXCLUSIVE'])(
    'LOCK TABLE %s keeps work from being accepted, says so, and what waits is no reason of its own',
    async (what) => {
      const watched = Watched.start(server.url);
      watched.database.addDryRun(DRY_RUN_OF_ACCEPTING);
      await watched.says('database.healthy');
      await lock(what);
      // As many as the pool has, all of them waiting for the lock, and no end of them.
      let waiting = true;
      const clients = Array.from({ length: 12 }, async () => {
        while (waiting) {
          await watched.database
            .query(`UPDATE ${what.split(' ')[0] ?? ''} SET id = id WHERE false`)
            .catch(() => undefined);
        }
      });
      const { message, status } = await watched.says('database.locked', 12_000);
      expect({ message, status }).toEqual({
        message: expect.stringContaining('accept executions'),
        status: 'fail',
      });
      waiting = false;
      await unlock();
      await Promise.all(clients);
      await watched.says('database.healthy');
      await watched.stop();
    },
  );

  it('nothing is wrong, the dry run leaves no row', async () => {
    const watched = Watched.start(server.url);
    watched.database.addDryRun(DRY_RUN_OF_ACCEPTING);
    await watched.says('database.healthy');
    const rows = await server.query('SELECT id FROM workflows UNION ALL SELECT id FROM executions');
    expect(rows).toEqual([]);
    await watched.stop();
  });
});

describe('a connection', () => {
  const foreign = {
    PGHOST: '127.0.0.9',
    PGPORT: '1',
    PGUSER: 'somebody',
    PGDATABASE: 'else',
    PGOPTIONS: '-c search_path=elsewhere',
    PGSSLMODE: 'require',
    PGSSLNEGOTIATION: 'direct',
    PGAPPNAME: 'somebody',
  };
  const before = { ...process.env };
  afterEach(() => {
    for (const name of [...Object.keys(foreign), 'PGPASSWORD']) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('is what the URL says, whatever the environment has', async () => {
    const server = await PostgresServer.start();
    Object.assign(process.env, foreign);
    const client = new NamedClient(connectionTo(server.url));
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_user AS user, current_database() AS database, current_setting('search_path') AS path`,
    );
    await client.end();
    expect(rows).toEqual([{ user: 'probity', database: 'probity', path: '"$user", public' }]);
  });

  it('takes no password from anywhere else, and says that one is missing', async () => {
    const server = await PostgresServer.start();
    const url = new URL(server.url);
    process.env['PGPASSWORD'] = url.password;
    url.password = '';
    const watched = Watched.start(url.href);
    const { message } = await watched.says('database.credentials_rejected');
    expect(message).toBe('the server asks for a password, and DATABASE_URL names none');
    await watched.stop();
  });
});
