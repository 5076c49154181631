import { describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Queue } from 'bullmq';
import { QueueIncarnation } from '../../../src/modules/queue/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import type { RedisServer } from '../../fixtures/redis.js';
import { healthyQueue as healthy, queueRecord, SOON_MS, startQueue, untilCode } from './queue-fixture.js';

async function addJob(redis: RedisServer, queueName = 'execution'): Promise<void> {
  const queue = new Queue(queueName, { connection: { host: redis.host, port: redis.port } });
  queue.on('error', () => undefined);
  atEnd(() => queue.close());
  await queue.add('one', {});
}

const lastJobNumber = (module: TestingModule) => queueRecord(module).details['lastJobNumber'];

describe('the queue check and lost data, without Postgres', () => {
  const withJobs = async () => {
    const { redis, module } = await healthy();
    await addJob(redis);
    await eventually(() => lastJobNumber(module) === 1);
    return { redis, module };
  };

  it.concurrent('B3: fails when Redis is emptied while it runs', async () => {
    const { redis, module } = await withJobs();
    await redis.command('FLUSHALL');
    const record = await untilCode(module, 'queue.data_lost', SOON_MS);
    expect(record.message).toContain('emptied while it ran');
  });

  it.concurrent('B2: fails when Redis comes back empty', async () => {
    const { redis, module } = await withJobs();
    await redis.kill();
    await redis.restart({ empty: true });
    const record = await untilCode(module, 'queue.data_lost', SOON_MS);
    expect(record.message).toContain('Redis was restarted');
  });

  it.concurrent('fails when the job numbers go back though the sentinel is there', async () => {
    const { redis, module } = await withJobs();
    await redis.command('DEL', 'bull:execution:id');
    const record = await untilCode(module, 'queue.data_lost', SOON_MS);
    expect(record.message).toContain('job ids went back');
  });

  it.concurrent('keeps its peace when Redis comes back with its data', async () => {
    const { redis, module } = await withJobs();
    await redis.kill();
    await redis.restart();
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it.concurrent('tells whoever puts the work back, and believes it', async () => {
    const { redis, module } = await withJobs();
    const incarnation = module.get(QueueIncarnation);
    const losses: string[] = [];
    incarnation.onLoss(({ what }) => losses.push(what));
    await redis.command('FLUSHALL');
    await untilCode(module, 'queue.data_lost', SOON_MS);
    expect(losses[0]).toBe('sentinel_gone');
    await eventually(() => incarnation.acknowledge());
    await untilCode(module, 'redis.healthy', 500);
    expect(incarnation.losses).toEqual([]);
  });
});

describe('the queue check and lost data, with Postgres', () => {
  it.concurrent('knows a loss that happened while no process was looking', async () => {
    const database = await TestDatabase.migrated();
    const { redis, module } = await healthy([], { DATABASE_URL: database.url });
    await eventually(async () => (await database.query('SELECT 1 FROM queue_incarnations')).length === 1);
    await module.close();
    await redis.command('FLUSHALL');
    const next = await startQueue({ REDIS_URL: redis.url, DATABASE_URL: database.url });
    await untilCode(next, 'queue.data_lost', SOON_MS);
  });

  it.concurrent('is ready again in every process when one has put the work back', async () => {
    const database = await TestDatabase.migrated();
    const { redis, module: api } = await healthy([], { DATABASE_URL: database.url });
    const worker = await startQueue({ REDIS_URL: redis.url, DATABASE_URL: database.url });
    await untilCode(worker, 'redis.healthy');
    await eventually(async () => (await database.query('SELECT 1 FROM queue_incarnations')).length === 1);
    await redis.command('FLUSHALL');
    await untilCode(api, 'queue.data_lost', SOON_MS);
    await untilCode(worker, 'queue.data_lost', SOON_MS);
    await eventually(() => api.get(QueueIncarnation).acknowledge());
    await untilCode(worker, 'redis.healthy', 5000);
    // Both go by one and the same sentinel, the new one.
    const [queue] = await database.query<{ sentinel: string }>('SELECT sentinel FROM queue_incarnations');
    const seen = () => database.query('SELECT DISTINCT sentinel FROM queue_identities');
    await eventually(
      async () => {
        expect(await seen()).toEqual([queue]);
        return true;
      },
      { timeoutMs: 15_000 },
    );
  });

  it.concurrent('is not disturbed by a second process that starts or by Postgres going away', async () => {
    const database = await TestDatabase.migrated();
    const { redis, module } = await healthy([], { DATABASE_URL: database.url });
    await eventually(async () => (await database.query('SELECT 1 FROM queue_incarnations')).length === 1);
    await addJob(redis);
    const second = await startQueue({ REDIS_URL: redis.url, DATABASE_URL: database.url });
    await untilCode(second, 'redis.healthy');
    await database.drop();
    const { checkedAt } = queueRecord(module);
    await eventually(() => (queueRecord(module).checkedAt ?? 0) >= (checkedAt ?? 0) + 3000);
    expect([queueRecord(module).code, queueRecord(second).code]).toEqual(['redis.healthy', 'redis.healthy']);
  });
});
