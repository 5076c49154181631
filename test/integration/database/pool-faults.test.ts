import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { TestDatabase } from '../../fixtures/postgres.js';
import { eventually } from '../../fixtures/eventually.js';
import { Watched } from './watched.js';

describe('the database check, when the pool', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await TestDatabase.migrated();
  });

  const take = async (watched: Watched, count: number): Promise<PoolClient[]> =>
    await Promise.all(Array.from({ length: count }, () => watched.database.pool.connect()));

  it('has leaked every connection, says that a restart helps and asks for it, until one comes back', async () => {
    const watched = Watched.start(database.url);
    await watched.says('database.healthy');
    const leaked = await take(watched, 10);
    const { details } = await watched.says('database.pool_exhausted');
    expect(details).toMatchObject({ pool: { total: 10, idle: 0, max: 10 } });
    expect(watched.liveness.read(0).live).toBe(true);
    await eventually(() => !watched.liveness.read(0).live, { what: 'the veto of liveness' });
    expect(watched.liveness.read(0).reason).toBe('database.pool_exhausted');
    for (const client of leaked) client.release();
    await watched.says('database.healthy');
    expect(watched.liveness.read(0).live).toBe(true);
  });

  it('is only busy, warns instead', async () => {
    const watched = Watched.start(database.url);
    await watched.says('database.healthy');
    // Twenty callers in line, each with a statement of 900 ms: connections do come back, and the line is long.
    let busy = true;
    const callers = Array.from({ length: 40 }, async () => {
      while (busy) await watched.database.query('SELECT pg_sleep(0.9)').catch(() => undefined);
    });
    const { status } = await watched.says('database.pool_busy', 15_000);
    busy = false;
    await Promise.all(callers);
    expect(status).toBe('warn');
    await watched.says('database.healthy');
  });

  it('holds a frozen connection, says so, and replaces it', async () => {
    const watched = Watched.start(database.url);
    await watched.says('database.healthy');
    for (const client of await take(watched, 3)) client.release();
    // All that it has, for a look may have been at it with one of its own just then.
    const sessions = await database.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const pids = sessions.map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      const { since } = await watched.says('database.pool_hanging');
      const healthy = await watched.says('database.healthy');
      // Long enough for an orchestrator to see it, though the pool was mended in a moment.
      expect(healthy.since - since).toBeGreaterThan(1000);
      // All were replaced, not only the one that was asked.
      await watched.database.query('SELECT 1');
      expect(watched.record.status).toBe('pass');
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
  });

  it('gives nobody a connection that is being destroyed', async () => {
    const watched = Watched.start(database.url);
    await watched.says('database.healthy');
    for (const client of await take(watched, 4)) client.release();
    let doubted = 0;
    watched.database.onDoubt(() => (doubted += 1));
    watched.database.destroyIdle();
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => watched.database.query('SELECT 1 AS one')),
    );
    expect(asked.map(({ rows }) => rows)).toEqual(Array.from({ length: 6 }, () => [{ one: 1 }]));
    expect(doubted).toBe(0);
  });

  it('is exhausted, still closes', async () => {
    const watched = Watched.start(database.url);
    await take(watched, 10);
    await expect(watched.stop()).resolves.toBeUndefined();
  });
});
