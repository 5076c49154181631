import { beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../../src/modules/database/index.js';
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
    expect(message).toMatch(/ECONNREFUSED|ECONNRESET/);
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
      const { message } = await watched.says('database.unresponsive');
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
    await server.query('ALTER SYSTEM RESET default_transaction_read_only');
    await server.query('SELECT pg_reload_conf()');
    await watched.says('database.healthy');
  });

  const asRole = async (role: string): Promise<string> => {
    await server.query(`CREATE ROLE ${role} LOGIN PASSWORD 'first-password'`);
    await server.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
    const url = new URL(server.url);
    url.username = role;
    url.password = 'first-password';
    return url.href;
  };

  it('changes the password, warns while open connections work and fails once they are gone', async () => {
    const other = Watched.start(await asRole('rotated'));
    await other.says('database.healthy');
    await server.query(`ALTER ROLE rotated PASSWORD 'second-password'`);
    const { status, message } = await other.says('database.credentials_rotated');
    expect(status).toBe('warn');
    expect(message).toContain('password authentication failed');
    await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'`);
    expect((await other.says('database.credentials_rejected')).status).toBe('fail');
    await server.query(`ALTER ROLE rotated PASSWORD 'first-password'`);
    await other.says('database.healthy');
    await other.stop();
  });

  it('takes no more connections, warns while those of the pool work', async () => {
    const other = Watched.start(await asRole('limited'));
    await other.says('database.healthy');
    await server.query('ALTER ROLE limited CONNECTION LIMIT 1');
    expect((await other.says('database.connection_limit_reached')).status).toBe('warn');
    await other.stop();
  });
});
