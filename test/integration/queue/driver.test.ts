import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  InMemoryDriver,
  InvalidJobError,
  MAX_JOB_BYTES,
  QUEUE_DRIVER,
  QueueUnavailableError,
  type TakenJob,
  type QueueConsumer,
  type QueueDriver,
} from '../../../src/modules/work/index.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { startQueue, startWorker } from './queue-fixture.js';

const NAMES = 'one,two,three,four,five,six,seven,eight';
let sequence = 0;
const job = (data: Record<string, unknown> = {}) => ({ id: `job-${++sequence}`, name: 'work', data });

interface Both {
  readonly driver: QueueDriver;
  consume(
    queue: string,
    handler: (each: TakenJob) => Promise<void>,
    options: { readonly concurrency: number },
  ): Promise<QueueConsumer>;
}

const drivers: Record<string, () => Promise<Both>> = {
  inmemory: async () => {
    const driver = (await startQueue({ QUEUE_DRIVER: 'inmemory', QUEUE_NAMES: NAMES })).get(InMemoryDriver);
    return {
      driver,
      consume: (queue, handler, options) => Promise.resolve(driver.consume(queue, handler, options)),
    };
  },
  bullmq: async () => {
    const redis = await RedisServer.start();
    const environment = { REDIS_URL: redis.url, QUEUE_NAMES: NAMES };
    const driver = (await startQueue(environment)).get<QueueDriver>(QUEUE_DRIVER);
    await eventually(() => driver.states('one', ['none']).then(() => true));
    return {
      driver,
      consume: (queue, handler, options) => startWorker(environment, queue, handler, options),
    };
  },
};

describe.each(Object.keys(drivers))('every queue driver: %s', (kind) => {
  let driver: QueueDriver;
  let consume: Both['consume'];
  beforeAll(async () => {
    ({ driver, consume } = await drivers[kind]!());
  });
  const stateOf = async (queue: string, id: string) => (await driver.states(queue, [id])).get(id);

  it('says what it is', () => {
    expect(driver.kind).toBe(kind);
  });

  it('holds an added job until it is consumed, and hands it over as it was', async () => {
    const added = job({ deep: { list: [1, 'two', null] } });
    await driver.add('one', added, 1000);
    expect(await stateOf('one', added.id)).toBe('waiting');
    const seen: TakenJob[] = [];
    const consumer = await consume('one', async (each) => void seen.push(each), { concurrency: 1 });
    await eventually(async () => (await stateOf('one', added.id)) === 'completed');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ ...added, queue: 'one' });
    await consumer.close(1000);
  });

  it('takes a second job of the same id as the first', async () => {
    const added = job();
    await driver.add('two', added, 1000);
    await driver.add('two', { ...added, data: { other: true } }, 1000);
    const seen: unknown[] = [];
    const consumer = await consume('two', async (each) => void seen.push(each.data), { concurrency: 2 });
    await eventually(async () => (await stateOf('two', added.id)) === 'completed');
    await driver.add('two', added, 1000);
    expect(await stateOf('two', added.id)).toBe('completed');
    await consumer.close(1000);
    expect(seen).toEqual([{}]);
  });

  it('knows no job that was never added', async () => {
    expect([...(await driver.states('three', ['nobody', 'nothing'])).values()]).toEqual(['absent', 'absent']);
    expect((await driver.states('three', [])).size).toBe(0);
  });

  it('says that a job failed whose handler threw, and goes on', async () => {
    const [bad, good] = [job({ bad: true }), job()];
    await driver.add('four', bad, 1000);
    await driver.add('four', good, 1000);
    const handler = async (each: TakenJob) => {
      if (each.data['bad']) throw new Error('as told');
    };
    const consumer = await consume('four', handler, { concurrency: 1 });
    await eventually(async () => (await stateOf('four', good.id)) === 'completed');
    expect(await stateOf('four', bad.id)).toBe('failed');
    await consumer.close(1000);
  });

  it('runs as many jobs at a time as it is allowed to, and says which are active', async () => {
    const jobs = [job(), job(), job()];
    for (const each of jobs) await driver.add('five', each, 1000);
    const releases: (() => void)[] = [];
    const handler = () => new Promise<void>((resolve) => releases.push(resolve));
    const consumer = await consume('five', handler, { concurrency: 2 });
    await eventually(() => releases.length === 2);
    const states = await driver.states(
      'five',
      jobs.map((each) => each.id),
    );
    expect([...states.values()].sort()).toEqual(['active', 'active', 'waiting']);
    releases.splice(0).forEach((release) => release());
    await eventually(() => releases.length === 1);
    releases.splice(0).forEach((release) => release());
    await consumer.close(2000);
  });

  it('lets active jobs finish when it closes, and takes no new ones', async () => {
    const [running, later] = [job(), job()];
    await driver.add('six', running, 1000);
    let release = () => {};
    let started = false;
    const handler = () =>
      new Promise<void>((resolve) => {
        started = true;
        release = resolve;
      });
    const consumer = await consume('six', handler, { concurrency: 1 });
    await eventually(() => started);
    const closed = consumer.close(5000);
    await driver.add('six', later, 1000);
    release();
    await closed;
    expect(await stateOf('six', running.id)).toBe('completed');
    expect(await stateOf('six', later.id)).toBe('waiting');
  });

  it('tells a job that does not finish within the grace to stop', async () => {
    const added = job();
    await driver.add('seven', added, 1000);
    let signal: AbortSignal | undefined;
    const handler = (each: TakenJob) =>
      new Promise<void>((_, reject) => {
        signal = each.signal;
        each.signal.addEventListener('abort', () => reject(each.signal.reason as Error));
      });
    const consumer = await consume('seven', handler, { concurrency: 1 });
    await eventually(() => signal !== undefined);
    await consumer.close(300);
    expect(signal?.aborted).toBe(true);
  });

  it('refuses what no queue could take: a payload that is too large, an id that means something else', async () => {
    const refused = (each: { id: string; name: string; data: Record<string, unknown> }) =>
      expect(driver.add('eight', each, 1000)).rejects.toThrow(InvalidJobError);
    await refused(job({ text: 'x'.repeat(MAX_JOB_BYTES) }));
    await refused({ ...job(), id: 'a:b' });
    await refused({ ...job(), id: '17' });
    await refused({ ...job(), id: '' });
  });
});

describe('the BullMQ driver', () => {
  it('refuses a job at once while Redis is down, with its reason, and takes jobs again after', async () => {
    const redis = await RedisServer.start();
    const driver = (await startQueue({ REDIS_URL: redis.url })).get<QueueDriver>(QUEUE_DRIVER);
    await eventually(() => driver.add('execution', job(), 1000).then(() => true));
    await redis.kill();
    const refused = job();
    const failure: unknown = await driver.add('execution', refused, 800).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(QueueUnavailableError);
    expect(failure).toMatchObject({ code: 'redis.unreachable' });
    await redis.restart();
    const next = job();
    await eventually(() => driver.add('execution', next, 800).then(() => true));
    const states = await driver.states('execution', [refused.id, next.id]);
    expect([...states.values()]).toEqual(['absent', 'waiting']);
  });

  it('gives up on a frozen Redis at the deadline', async () => {
    const redis = await RedisServer.start();
    const driver = (await startQueue({ REDIS_URL: redis.url })).get<QueueDriver>(QUEUE_DRIVER);
    await eventually(() => driver.add('execution', job(), 1000).then(() => true));
    redis.pause();
    try {
      const began = performance.now();
      await expect(driver.add('execution', job(), 500)).rejects.toMatchObject({ code: 'queue.add_timeout' });
      expect(performance.now() - began).toBeLessThan(3000 * crowd());
    } finally {
      redis.resume();
    }
    await eventually(() => driver.add('execution', job(), 500).then(() => true));
  });

  it('boots, answers and closes while nothing listens', async () => {
    const environment = { REDIS_URL: 'redis://127.0.0.1:1' };
    const driver = (await startQueue(environment)).get<QueueDriver>(QUEUE_DRIVER);
    await expect(driver.add('execution', job(), 500)).rejects.toBeInstanceOf(QueueUnavailableError);
    await expect(driver.states('execution', ['x'])).rejects.toBeInstanceOf(QueueUnavailableError);
    const consumer = await startWorker(environment, 'execution', async () => {});
    await consumer.close(200);
  });

  it('shows the BullMQ worker to those who watch it before it takes its first job', async () => {
    const redis = await RedisServer.start();
    const environment = { REDIS_URL: redis.url };
    const driver = (await startQueue(environment)).get<QueueDriver>(QUEUE_DRIVER);
    await eventually(() => driver.add('execution', job(), 1000).then(() => true));
    let active = 0;
    const consumer = await startWorker(environment, 'execution', async () => {}, {
      watch: (worker) => worker.on('active', () => active++),
    });
    await eventually(() => active === 1);
    await consumer.close(1000);
  });
});
