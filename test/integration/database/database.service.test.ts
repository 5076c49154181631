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
