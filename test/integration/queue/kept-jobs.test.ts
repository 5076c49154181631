import { beforeAll, describe, expect, it } from '@jest/globals';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUE_DRIVER, type QueueDriver } from '../../../src/modules/work/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { startQueue, startWorker } from './queue-fixture.js';

const MANY = 20_000;
/** What one call may remove: in a million jobs, that takes Redis less than a millisecond. */
const AT_ONCE = 100;
const BASE = 'bull:execution:';
const SETS = [`${BASE}completed`, `${BASE}failed`] as const;
const FILL = `
for n = ARGV[1], ARGV[2] do
  redis.call('ZADD', KEYS[1], 1000 * n, 'old-' .. n)
  redis.call('HSET', KEYS[2] .. 'old-' .. n, 'name', 'old', 'data', '{}')
end`;

describe('jobs that were kept by the thousand, as other settings had it,', () => {
  let server: RedisServer;
  let redis: Redis;
  let driver: QueueDriver;
  const counts = () => Promise.all(SETS.map((key) => redis.zcard(key)));
  const add = (id: string, name: string) => driver.add('execution', { id, name, data: {} }, 1000);
  const handle = (job: { name: string }) =>
    job.name === 'bad' ? Promise.reject(new Error('as told')) : Promise.resolve();

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = server.client();
    for (const key of SETS)
      for (let from = 1; from <= MANY; from += 2000) await redis.eval(FILL, 2, key, BASE, from, from + 1999);
    driver = (await startQueue({ REDIS_URL: server.url })).get<QueueDriver>(QUEUE_DRIVER);
    await eventually(() => driver.states('execution', ['none']).then(() => true));
  });

  it('are not all removed by the script that ends the next one', async () => {
    const { host, port } = server;
    const worker = new Worker('execution', handle, { connection: { host, port } });
    atEnd(() => worker.close());
    await Promise.all([add('good', 'good'), add('bad', 'bad')]);
    await eventually(async () => {
      const states = await driver.states('execution', ['good', 'bad']);
      return states.get('good') === 'completed' && states.get('bad') === 'failed';
    });
    await worker.close();
    expect(await counts()).toEqual([MANY - AT_ONCE + 1, MANY - AT_ONCE + 1]);
  });

  it('are removed a few at a time by whoever consumes the queue; the newest are kept', async () => {
    await redis.config('RESETSTAT');
    const consumer = await startWorker({ REDIS_URL: server.url }, 'execution', handle);
    await eventually(
      async () => {
        const [completed = 0, failed = 0] = await counts();
        return completed <= 1000 && failed <= 5000;
      },
      { timeoutMs: 30_000 },
    );
    await consumer.close(1000);
    const stats = await redis.info('commandstats');
    const calls = Number(/^cmdstat_eval:calls=(\d+)/m.exec(stats)?.[1]);
    expect(calls).toBeGreaterThanOrEqual((2 * MANY - 6000 - 2 * AT_ONCE) / AT_ONCE);
    const left = await Promise.all(
      ['old-1', 'old-18901', 'old-18902', 'good', 'bad'].map((id) => redis.exists(BASE + id)),
    );
    expect(left).toEqual([0, 0, 1, 1, 1]);
  });
});
