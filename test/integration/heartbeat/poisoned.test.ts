import { describe, expect, it } from '@jest/globals';
import { Worker } from 'bullmq';
import { instrumentWorker } from '@probity/worker';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { startHeartbeats } from './heartbeat-fixture.js';

const INDEX = 'bull:execution:probity:workers';
const keyOf = (id: string) => `bull:execution:probity:worker:${id}`;
const HOUR = 3_600_000;

const forged = (id: string, parts: Record<string, unknown> = {}) =>
  JSON.stringify({
    at: Date.now(),
    id,
    incarnation: `life of ${id}`,
    queue: 'execution',
    prefix: 'bull',
    state: 'running',
    upForMs: 1000,
    intervalMs: 500,
    timeoutMs: 2000,
    ...parts,
  });

async function started(database?: TestDatabase) {
  const redis = await RedisServer.start();
  const client = redis.client();
  const forge = async (id: string, text: string, score = Date.now()) => {
    await client.set(keyOf(id), text);
    await client.zadd(INDEX, score, id);
  };
  const environment = {
    REDIS_URL: redis.url,
    WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
  };
  return { redis, client, forge, environment };
}

/** A worker of this process, as well as can be. */
function work(redis: RedisServer): void {
  const worker = new Worker('execution', () => Promise.resolve(), {
    connection: { host: redis.host, port: redis.port },
    skipVersionCheck: true,
  });
  worker.on('error', () => undefined);
  atEnd(() => worker.close(true));
  instrumentWorker(worker, { workerId: 'well', intervalMs: 500, timeoutMs: 5000 });
}

describe('heartbeats that somebody else wrote', () => {
  it('spoil nothing but themselves', async () => {
    const { redis, client, forge, environment } = await started();
    work(redis);
    const watcher = await startHeartbeats(environment);
    await watcher.code('worker.healthy', 10_000);
    await forge('no-date', forged('no-date', { at: 1e20 }));
    await forge('no-age', forged('no-age', { upForMs: 1e300 }));
    await forge('tomorrow', forged('tomorrow', { at: Date.now() + HOUR }));
    await forge('huge', forged('huge', { host: 'h'.repeat(3_000_000) }));
    await forge('impostor', forged('well', { state: 'stopped', sequence: 1e9 }));
    await client.lpush(keyOf('a-list'), 'x');
    await client.zadd(INDEX, Date.now(), 'a-list');
    await forge('x\n[+]database ok', forged('x\n[+]database ok', { host: 'h\u001b[2J' }));
    // They came one after the other, and a look in between has seen the first ones.
    await eventually(() => {
      const { code, details } = watcher.check('workers');
      expect(code).toBe('workers.unreadable');
      expect(details['unreadable']).toEqual(
        expect.arrayContaining(['no-date', 'no-age', 'tomorrow', 'huge', 'impostor', 'a-list']),
      );
      return true;
    });
    const rows = watcher.report().workers;
    expect(rows.map((row) => row.id).sort()).toEqual(['well', 'x\\n[+]database ok']);
    expect(rows.find((row) => row.id !== 'well')?.host).toBe('h\\u001b[2J');
    expect(watcher.check().status).not.toBe('fail');
  });

  it('do not hide that no worker is left', async () => {
    const { forge, environment } = await started();
    await forge('tomorrow', forged('tomorrow', { at: Date.now() + HOUR }), Date.now() + HOUR);
    const watcher = await startHeartbeats(environment);
    await watcher.code('worker.not_started', 10_000);
  });

  it('are read within bounds, however many they are', async () => {
    const { redis, client, environment } = await started();
    const ids = Array.from({ length: 10_000 }, (_, index) => `forged-${index}`);
    await client.zadd(INDEX, ...ids.flatMap((id) => [Date.now() - 1000, id]));
    await client.mset(...ids.flatMap((id) => [keyOf(id), forged(id, { state: 'stopped' })]));
    work(redis);
    const watcher = await startHeartbeats(environment);
    const told = await watcher.code('workers.unreadable', 15_000, 'workers');
    expect(told.details['idsNotRead']).toBeGreaterThanOrEqual(9500);
    await watcher.code('worker.healthy', 10_000);
    expect(watcher.report().workers.length).toBeLessThanOrEqual(501);
  });
});

describe('the memory of workers in Postgres', () => {
  const stored = (database: TestDatabase) =>
    database.query<{ id: string; later: boolean }>(
      'SELECT id, last_beat_at > now() AS later FROM workers ORDER BY id',
    );

  it('keeps all workers, whatever one of them calls its host', async () => {
    const database = await TestDatabase.migrated();
    const { redis, forge, environment } = await started(database);
    await forge('nul', forged('nul', { host: 'h\u0000st', token: '\ud800' }));
    work(redis);
    await startHeartbeats(environment);
    await eventually(async () => (await stored(database)).map(({ id }) => id).join() === 'nul,well', {
      timeoutMs: 30_000,
      what: 'both workers in Postgres',
    });
  });

  it('believes in no worker of a time to come, after a restart neither', async () => {
    const database = await TestDatabase.migrated();
    const { environment } = await started(database);
    const heartbeat = forged('tomorrow', { at: Date.now() + HOUR });
    await database.query(
      `INSERT INTO workers (prefix, queue, id, last_beat_at, heartbeat)
       VALUES ('bull', 'execution', 'tomorrow', now() + interval '1 hour', $1)`,
      [heartbeat],
    );
    const watcher = await startHeartbeats(environment);
    await watcher.code('worker.not_started', 10_000);
    await eventually(async () => (await stored(database)).length === 0, { what: 'it is forgotten' });
  });
});
