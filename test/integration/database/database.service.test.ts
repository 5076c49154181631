import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseUnavailableError } from '../../../src/modules/database/index.js';
import { PostgresServer } from '../../fixtures/postgres.js';
import { eventually } from '../../fixtures/eventually.js';
import { Watched } from './watched.js';

describe('the database', () => {
  let server: PostgresServer;
  let watched: Watched;

  beforeAll(async () => {
    server = await PostgresServer.start();
    watched = Watched.start(server.url);
    await watched.database.query('CREATE TABLE things (id int PRIMARY KEY)');
  });

  it('gives the error of a statement that is wrong as the driver gives it, and keeps the connection', async () => {
    const { database } = watched;
    await database.query('INSERT INTO things VALUES (1)');
    await expect(database.query('INSERT INTO things VALUES ($1)', [1])).rejects.toMatchObject({
      code: '23505',
    });
    await expect(database.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  it('gives the error of a statement with its names, and without the values that the server quotes', async () => {
    const { database } = watched;
    await database.query('CREATE TABLE sent (id int PRIMARY KEY, body jsonb CHECK (body IS NOT NULL))');
    const body = '{"authorization":"Bearer s3cret-of-a-customer","text":"\\u0000"}';
    const wrong = [
      ['INSERT INTO sent VALUES (1, $1)', [body]],
      ['INSERT INTO sent VALUES ($1, NULL)', ['s3cret-of-a-customer']],
      [`INSERT INTO sent VALUES (7, '{}'), (7, '"s3cret-of-a-customer"')`, []],
    ] as const;
    for (const [statement, values] of wrong) {
      const error = (await database.query(statement, values).catch((thrown: unknown) => thrown)) as Error;
      const all = `${inspect(error, { depth: 5 })} ${JSON.stringify(error)}`;
      expect(all).toMatch(/2[23]\w{3}/);
      expect(all).not.toContain('s3cret');
    }
  });

  it('leaves no state in a session', async () => {
    const { database } = watched;
    await database.transaction((client) => client.query('SELECT 1'));
    const { rows } = await database.query(
      `SELECT name FROM pg_settings WHERE source IN ('session', 'client')
       AND name NOT IN ('application_name', 'client_encoding')`,
    );
    expect(rows).toEqual([]);
  });

  it('ends at the server what its client no longer waits for', async () => {
    const slow = watched.database.query('SELECT pg_sleep(61)').catch((error: unknown) => error);
    expect(await slow).toMatchObject({ code: 'database.unresponsive' });
    await eventually(
      async () => {
        const still = await server.query(
          `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(61)'`,
        );
        return still.length === 0;
      },
      { what: 'the end of the statement' },
    );
  });

  it('commits a transaction that resolves and rolls back one that rejects', async () => {
    const { database } = watched;
    await database.transaction((client) => client.query('INSERT INTO things VALUES (2)'));
    const failing = database.transaction(async (client) => {
      await client.query('INSERT INTO things VALUES (3)');
      throw new Error('on second thought');
    });
    await expect(failing).rejects.toThrow('on second thought');
    const { rows } = await database.query('SELECT id FROM things WHERE id IN (2, 3)');
    expect(rows).toEqual([{ id: 2 }]);
  });

  it('bounds a statement that would run for ever', async () => {
    const slow = watched.database.query('SELECT pg_sleep(60)');
    await expect(slow).rejects.toMatchObject({
      name: 'DatabaseUnavailableError',
      code: 'database.unresponsive',
    });
  });

  it('says with a code that the server is gone, without the password, and works again when it is back', async () => {
    const { database } = watched;
    await server.kill();
    const error = await database.query('SELECT 1').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(String((error as Error).message)).not.toContain(new URL(server.url).password);
    await server.restart();
    await eventually(() => database.query('SELECT 1'));
  });

  it('survives the death of a connection that somebody holds', async () => {
    const client = await watched.database.pool.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    await server.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    await eventually(
      async () =>
        await client.query('SELECT 1').then(
          () => false,
          () => true,
        ),
    );
    client.release(true);
    await expect(watched.database.query('SELECT 1')).resolves.toBeDefined();
  });

  it('says which setting is missing when it has no URL', async () => {
    const { database } = Watched.start(undefined);
    await expect(database.query('SELECT 1')).rejects.toMatchObject({
      code: 'database.not_configured',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});
