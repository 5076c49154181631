import { expect, it } from '@jest/globals';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { startHeartbeats, startWorker } from './heartbeat-fixture.js';

it('an api that starts after Redis lost its data still knows which worker it lost', async () => {
  const redis = await RedisServer.start();
  const database = await TestDatabase.migrated();
  const environment = {
    REDIS_URL: redis.url,
    DATABASE_URL: database.url,
    WORKER_HEARTBEAT_INTERVAL_MS: '300',
    WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
  };
  const child = await startWorker(redis);
  const before = await startHeartbeats(environment);
  await before.code('worker.healthy');
  await eventually(async () => (await database.query('SELECT id FROM workers')).length === 1, {
    timeoutMs: 15_000,
  });
  await before.close();
  await child.kill();
  await redis.client().flushall();
  const after = await startHeartbeats(environment);
  const lost = await after.beneathLoss('worker.lost');
  expect(lost.details).toMatchObject({ lostWorkers: ['worker-1'] });
  expect(after.report().worker).toMatchObject({ started: true, id: 'worker-1' });
});
