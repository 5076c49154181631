import { describe, expect, it } from '@jest/globals';
import { connectionTo, migrate, NamedClient } from '../../../src/modules/database/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { noPgBouncer, PgBouncer } from '../../fixtures/pgbouncer.js';
import { PostgresServer, TestDatabase } from '../../fixtures/postgres.js';
import { Watched } from './watched.js';

const suite = noPgBouncer === undefined ? describe : describe.skip;

suite('the database check, when PgBouncer', () => {
  const behind = async (settings: Record<string, string> = {}): Promise<[PgBouncer, Watched]> => {
    const database = await TestDatabase.migrated();
    const bouncer = await PgBouncer.start(database.url, settings);
    return [bouncer, Watched.start(bouncer.url)];
  };

  it('takes no more clients, warns while the open connections work, as of a full server', async () => {
    const [bouncer, watched] = await behind({ max_client_conn: '3' });
    await watched.says('database.healthy');
    const taken: NamedClient[] = [];
    const take = async (): Promise<void> => {
      const client = new NamedClient(connectionTo(bouncer.url));
      client.on('error', () => undefined);
      await client.connect().then(
        () => void taken.push(client),
        () => undefined,
      );
    };
    const { status, message } = await eventually(
      async () => {
        await take();
        return watched.record.code === 'database.connection_limit_reached' && watched.record;
      },
      { timeoutMs: 20_000, intervalMs: 100, what: 'a full bouncer' },
    );
    await Promise.all(taken.map((client) => client.end()));
    expect(status).toBe('warn');
    expect(message).toContain('no more connections allowed');
    await watched.stop();
  });

  it('is gone, makes every statement fail for the reason of the database, the first one too', async () => {
    const [bouncer, watched] = await behind();
    await watched.says('database.healthy');
    await bouncer.kill();
    const failures = await Promise.all(
      Array.from({ length: 5 }, () => watched.database.query('SELECT 1').catch((error: unknown) => error)),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({ name: 'DatabaseUnavailableError', code: 'database.unreachable' });
    }
    await watched.stop();
  });

  it('loses its server, makes every statement fail for the reason of the database, the first ones too', async () => {
    const server = await PostgresServer.start();
    await migrate(server.url);
    const bouncer = await PgBouncer.start(server.url);
    const watched = Watched.start(bouncer.url);
    await watched.says('database.healthy');
    const asked = () => watched.database.query('SELECT pg_sleep(0.5)').catch((error: unknown) => error);
    const underWay = Array.from({ length: 4 }, asked);
    await eventually(async () => {
      const [{ count = 0 } = {}] = await server.query<{ count: number }>(
        `SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(0.5)'`,
      );
      return count > 0;
    });
    await server.kill();
    const failures = await Promise.all([...underWay, ...Array.from({ length: 4 }, asked)]);
    const failed = failures.filter((each) => each instanceof Error);
    expect(failed.length).toBeGreaterThan(3);
    for (const failure of failed) expect(failure).toMatchObject({ name: 'DatabaseUnavailableError' });
    await server.restart();
    await watched.says('database.healthy', 20_000);
    await watched.stop();
  });

  it('pools statements and not transactions, says so', async () => {
    const [, watched] = await behind({ pool_mode: 'statement' });
    expect((await watched.says('database.statement_pooling')).message).toContain('statement pooling');
    await watched.stop();
  });

  it('hangs, says the same for as long as it does', async () => {
    const [bouncer, watched] = await behind();
    await watched.says('database.healthy');
    bouncer.pause();
    await watched.says('database.unresponsive');
    const seen = new Set<string>();
    const { since } = watched.record;
    // Two whole runs more, each of which takes as long as its deadline; looked at as a reader of the board does.
    await eventually(
      () => {
        seen.add(watched.believed.code);
        return (watched.record.checkedAt ?? 0) > since + 10_000;
      },
      { timeoutMs: 25_000, intervalMs: 20, what: 'two more runs' },
    );
    bouncer.resume();
    expect([...seen]).toEqual(['database.unresponsive']);
    await watched.says('database.healthy');
    await watched.stop();
  });
});
