import { beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../../src/modules/database/index.js';
import pg from 'pg';
import { PostgresServer } from '../../fixtures/postgres.js';
import { Watched } from './watched.js';

describe('the database check, when the server', () => {
  let server: PostgresServer;
  let watched: Watched;

  beforeAll(async () => {
    server = await PostgresServer.start({ max_connections: '20' });
    await migrate(server.url);
    watched = Watched.start(server.url);
    await watched.says('database.healthy');
  });

  it('is well, says how the pool is used, which version answers, and how the schema stands', async () => {
    const { message, details } = await watched.says('database.healthy');
    expect(message).toBe('Database connection healthy');
    expect(details).toMatchObject({
      pool: { max: 10, waiting: 0 },
      latencyMs: expect.any(Number),
      serverVersion: expect.stringMatching(/^\d+/),
      migrations: { pending: [], unknown: [] },
    });
  });

  it('dies, tells it at once, and recovers when it is back', async () => {
    await server.kill();
    const { message } = await watched.says('database.unreachable', 1500);
    expect(message).toContain('ECONNREFUSED');
    await server.restart();
    await watched.says('database.healthy');
  });

  it('cuts the open connections and takes new ones, stays well', async () => {
    const seen: string[] = [];
    const stop = watched.board.onTransition(
      ({ check, code }) => void (check === 'database' && seen.push(code)),
    );
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'probity-api'`;
    expect((await server.query(cut)).length).toBeGreaterThan(0);
    const before = watched.record.checkedAt ?? 0;
    while ((watched.record.checkedAt ?? 0) === before) await watched.board.fresh();
    await watched.says('database.healthy');
    stop();
    expect(seen).toEqual([]);
  });

  it('freezes whole, tells it within a deadline', async () => {
    const pids = await server.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'probity-%'`,
    );
    server.pause();
    for (const { pid } of pids) process.kill(pid, 'SIGSTOP');
    try {
      expect((await watched.says('database.unresponsive')).status).toBe('fail');
    } finally {
      for (const { pid } of pids) process.kill(pid, 'SIGCONT');
      server.resume();
    }
    await watched.says('database.healthy');
  });

  it('serves open connections and answers no new one, is not taken for well', async () => {
    server.pause();
    try {
      const { message } = await watched.says('database.unresponsive', 25_000);
      expect(message).toContain('Open connections still work');
    } finally {
      server.resume();
    }
    await watched.says('database.healthy');
  });

  it('becomes read-only, says so', async () => {
    await server.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await server.query('SELECT pg_reload_conf()');
    await watched.says('database.read_only');
    await server.query(
      'SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only',
    );
    await server.query('SELECT pg_reload_conf()');
    await watched.says('database.healthy');
  });

  it('changes the password, warns while open connections work and fails once they are gone', async () => {
    const { username, password } = new URL(server.url);
    await server.query(`ALTER USER ${username} PASSWORD 'rotated'`);
    const { status, message } = await watched.says('database.credentials_rotated', 25_000);
    expect(status).toBe('warn');
    expect(message).toContain('password authentication failed');
    const admin = new URL(server.url);
    admin.password = 'rotated';
    await server.restart();
    expect((await watched.says('database.credentials_rejected')).status).toBe('fail');
    const client = new pg.Client({ connectionString: admin.href });
    await client.connect();
    await client.query(`ALTER USER ${username} PASSWORD '${password}'`);
    await client.end();
    await watched.says('database.healthy');
  });

  it('takes no more connections, warns while those of the pool work', async () => {
    const url = new URL(server.url);
    await server.query(`CREATE ROLE few LOGIN PASSWORD 'few-few-few' CONNECTION LIMIT 2`);
    await server.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO few');
    url.username = 'few';
    url.password = 'few-few-few';
    const other = Watched.start(url.href);
    await other.says('database.healthy');
    await server.query('ALTER ROLE few CONNECTION LIMIT 1');
    expect((await other.says('database.connection_limit_reached', 25_000)).status).toBe('warn');
    await other.stop();
  });
});
