import { beforeAll, describe, expect, it } from '@jest/globals';
import { PgBouncer, noPgBouncer } from '../fixtures/pgbouncer.js';
import { CLIENT, accept, createWorkflow, ended } from '../fixtures/platform.js';
import { TestDatabase } from '../fixtures/postgres.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';
import { TestProcess } from '../fixtures/process.js';
import { RedisServer } from '../fixtures/redis.js';

const suite = noPgBouncer === undefined ? describe : describe.skip;

/** All that a session can keep for whoever gets it next; the bouncer itself hands on application_name. */
const KEPT = `
  SELECT 'setting' AS kind, name || '=' || setting AS what FROM pg_settings
    WHERE source IN ('session', 'client') AND name <> 'application_name'
  UNION ALL SELECT 'prepared', name FROM pg_prepared_statements
  UNION ALL SELECT 'channel', c FROM pg_listening_channels() c
  UNION ALL SELECT 'temporary', relname FROM pg_class WHERE relpersistence = 't'
  UNION ALL SELECT 'lock', l.objid::text FROM pg_locks l WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ORDER BY 1, 2`;

suite('behind PgBouncer in transaction mode', () => {
  let bouncer: PgBouncer;
  let env: Record<string, string>;

  beforeAll(async () => {
    const [database, redis] = await Promise.all([TestDatabase.create(), RedisServer.start()]);
    // One server connection for all: what anybody leaves on it, everybody gets.
    bouncer = await PgBouncer.start(database.url, { default_pool_size: '1' });
    env = { ...PRODUCTION, REDIS_URL: redis.url, DATABASE_URL: bouncer.url };
  });

  it('migrations, api and worker do their work, and a neighbour finds its session as it was', async () => {
    const before = await bouncer.query(KEPT);
    const migrate = () => TestProcess.start('dist/modules/database/migrate.js', { env });
    for (const run of await Promise.all([migrate(), migrate()])) {
      expect([await run.exited, run.stderr]).toEqual([expect.objectContaining({ code: 0 }), '']);
    }
    expect(await bouncer.query(KEPT)).toEqual(before);

    const [api] = await Promise.all([Probity.api(env), Probity.worker({ WORKER_ID: 'worker-1', ...env })]);
    await api.until('/readyz/database', ({ status }) => status === 200);
    const workflow = await createWorkflow(api, [{ id: 'once', kind: 'transform', expression: '"kept"' }]);
    const id = await accept(api, workflow);
    expect(await ended(api, id)).toMatchObject({ status: 'succeeded', result: 'kept' });
    await api.post(`/api/executions/${id}/cancel`, {}, CLIENT);
    expect(await bouncer.query(KEPT)).toEqual(before);
  });
});
