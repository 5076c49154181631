import { describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { QueueIdentityService } from '../../../src/modules/queue/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { healthyQueue as healthy, queueRecord, startQueue, untilCode } from './queue-fixture.js';

// One after the other, and in a file without any that go together: each needs two processes that keep up with their
// cadence.
describe('processes that use different queues', () => {
  const conflictsOf = (module: TestingModule) => module.get(QueueIdentityService).conflicts();

  it.each([
    ['B9: another Redis', async () => ({ REDIS_URL: (await RedisServer.start()).url })],
    ['B11: another prefix', async (url: string) => ({ REDIS_URL: url, QUEUE_PREFIX: 'prod' })],
    ['another database', async (url: string) => ({ REDIS_URL: `${url}/1` })],
  ])('are found out and both named: %s', async (_, elsewhere) => {
    const database = await TestDatabase.migrated();
    const { redis, module: api } = await healthy([], { DATABASE_URL: database.url });
    const environment = { ...(await elsewhere(redis.url)), DATABASE_URL: database.url };
    const worker = await startQueue(environment);
    await untilCode(worker, 'redis.healthy');
    const found = await eventually(() => conflictsOf(api)[0], { timeoutMs: 10_000 });
    expect(found.own.identity).not.toEqual(found.other.identity);
    expect(found.message).toContain(`${redis.host}:${redis.port}`);
    expect(queueRecord(api).code).toBe('redis.healthy');
    await worker.close();
    await eventually(() => conflictsOf(api).length === 0, { timeoutMs: 5000 });
  });

  it('are not suspected while they use the same one', async () => {
    const database = await TestDatabase.migrated();
    const { redis, module: api } = await healthy([], { DATABASE_URL: database.url });
    const worker = await startQueue({ REDIS_URL: redis.url, DATABASE_URL: database.url });
    await untilCode(worker, 'redis.healthy');
    const identities = () => database.query('SELECT DISTINCT sentinel FROM queue_identities');
    await eventually(async () => (await database.query('SELECT 1 FROM queue_identities')).length === 2);
    expect(await identities()).toHaveLength(1);
    expect(conflictsOf(api)).toEqual([]);
  });
});
