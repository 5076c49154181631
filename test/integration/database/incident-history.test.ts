import { describe, expect, it } from '@jest/globals';
import { migrate } from '../../../src/modules/database/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { PostgresServer, TestDatabase } from '../../fixtures/postgres.js';
import { Watched } from './watched.js';

describe('the history of incidents', () => {
  it('tells every transition once, the newest first', async () => {
    const database = await TestDatabase.migrated();
    const watched = Watched.start(database.url);
    await watched.says('database.healthy');
    watched.lifecycle.started();
    const incidents = await eventually(async () => {
      const all = await watched.history.recentIncidents(10);
      return all.length >= 2 && all;
    });
    const ofDatabase = incidents.filter(({ check }) => check === 'database');
    expect(ofDatabase).toEqual([
      {
        check: 'database',
        from: 'fail',
        to: 'pass',
        code: 'database.healthy',
        message: 'Database connection healthy',
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        lastedMs: expect.any(Number),
        service: 'api',
        instanceId: 'instance-1',
      },
    ]);
    expect(await watched.history.recentIncidents(1)).toHaveLength(1);
  });

  it('leaves none behind that comes while the last of it is done', async () => {
    const database = await TestDatabase.migrated();
    // What is old is taken away after what is new was written: here that takes its time.
    await database.query(
      `INSERT INTO incidents SELECT gen_random_uuid(), 'old', 'pass', 'fail', 'check.down', '', now() - interval '31 days', 0, 'api', 'x'`,
    );
    await database.query(
      `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN OLD; END'`,
    );
    await database.query(
      `CREATE TRIGGER dawdle BEFORE DELETE ON incidents FOR EACH ROW EXECUTE FUNCTION dawdle()`,
    );
    const watched = Watched.start(database.url);
    await watched.says('database.healthy');
    await eventually(async () => (await watched.history.recentIncidents(10)).length >= 2);
    watched.lifecycle.started();
    await eventually(async () =>
      (await watched.history.recentIncidents(10)).some(({ check }) => check === 'process'),
    );
  });

  it('keeps what happened while the database was down, and writes it afterwards', async () => {
    const server = await PostgresServer.start();
    await migrate(server.url);
    const watched = Watched.start(server.url);
    await watched.says('database.healthy');
    await server.kill();
    await watched.says('database.unreachable');
    await server.restart();
    await watched.says('database.healthy');
    await eventually(async () => {
      const codes = (await watched.history.recentIncidents(10)).map(({ code }) => code);
      return codes.includes('database.unreachable') && codes[0] === 'database.healthy';
    });
  });

  it('is written to the end before a draining process closes its pool', async () => {
    const database = await TestDatabase.migrated();
    const watched = Watched.start(database.url);
    watched.lifecycle.started();
    await watched.lifecycle.drain(5000);
    const codes = (await watched.history.recentIncidents(10)).map(({ code }) => code);
    expect(codes).toContain('process.draining');
  });

  /** 4500 transitions of last month. */
  async function withOldOnes(): Promise<TestDatabase> {
    const database = await TestDatabase.migrated();
    await database.query(
      `INSERT INTO incidents SELECT gen_random_uuid(), 'old', 'pass', 'fail', 'check.down', '', now() - interval '31 days', 0, 'api', 'x'
       FROM generate_series(1, 4500)`,
    );
    return database;
  }

  it('forgets what is older than thirty days', async () => {
    const database = await withOldOnes();
    // How many each statement takes away: a million at once would keep everybody waiting.
    await database.query(`CREATE TABLE pruned (count int)`);
    await database.query(
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN INSERT INTO pruned SELECT count(*) FROM gone; RETURN NULL; END'`,
    );
    await database.query(
      `CREATE TRIGGER note AFTER DELETE ON incidents REFERENCING OLD TABLE AS gone
       FOR EACH STATEMENT EXECUTE FUNCTION note()`,
    );
    const watched = Watched.start(database.url);
    await eventually(
      async () => {
        const all = await watched.history.recentIncidents(10_000);
        return all.length > 0 && all.every(({ check }) => check !== 'old');
      },
      { timeoutMs: 20_000 },
    );
    const statements = await database.query<{ count: number }>('SELECT count FROM pruned');
    expect(statements.map(({ count }) => count).sort()).toEqual([2000, 2000, 500].sort());
  });

  it('goes on forgetting when something happens between two batches', async () => {
    const database = await withOldOnes();
    const old = async () =>
      (
        await database.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM incidents WHERE check_key = 'old'`,
        )
      )[0]?.n;
    const watched = Watched.start(database.url);
    await eventually(async () => (await old()) === 2500, { intervalMs: 5 });
    watched.lifecycle.started();
    await eventually(async () => (await old()) === 0, { timeoutMs: 10_000 });
  });
});
