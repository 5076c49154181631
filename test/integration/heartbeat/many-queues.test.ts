import { describe, expect, it } from '@jest/globals';
import { CANARY_JOB, heartbeatKey, indexKey } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { eventually } from '../../fixtures/eventually.js';
import { monitor, type Monitored } from '../../fixtures/monitor.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats, startWorker, type Watcher } from './heartbeat-fixture.js';

const rowOf = (watcher: Watcher, queue: string) => watcher.report().queues.find(({ name }) => name === queue);

const untilRow = (watcher: Watcher, queue: string, code: string, timeoutMs = 15_000) =>
  eventually(
    () => {
      const row = rowOf(watcher, queue);
      if (row?.status.code !== code) throw new Error(`${row?.status.code}: ${row?.status.message}`);
      return row;
    },
    { timeoutMs, what: `${queue}: ${code}` },
  );

describe('several queues that are named', () => {
  it.concurrent('have a stamp, a canary and an incarnation of their own each', async () => {
    const redis = await RedisServer.start();
    const watcher = await startHeartbeats({ REDIS_URL: redis.url, QUEUE_NAMES: 'execution,mail' });
    await watcher.code('redis.healthy', 10_000, 'queue');
    const reader = redis.client();
    for (const queue of ['execution', 'mail']) {
      await eventually(async () => (await reader.get(`bull:${queue}:probity:sentinel`)) !== null);
      expect(await reader.get(`bull:${queue}:probity:canary`)).not.toBeNull();
    }
    await reader.del('bull:mail:probity:sentinel');
    const { message } = await watcher.code('queue.data_lost', 10_000, 'queue');
    expect(message).toMatch(/^The queue mail lost data: its sentinel is gone/);
    // Nobody puts back what was in it, so it is told for a while, and then believed.
    await watcher.code('redis.healthy', 20_000, 'queue');
    expect(await reader.get('bull:mail:probity:sentinel')).not.toBeNull();
  });

  it.concurrent('fail readiness when one of them cannot take jobs, and it is named', async () => {
    const redis = await RedisServer.start();
    const watcher = await startHeartbeats({ REDIS_URL: redis.url, QUEUE_NAMES: 'execution,mail,images' });
    await watcher.code('redis.healthy', 10_000, 'queue');
    const client = redis.client();
    await client.set('bull:images:probity:canary', 'x');
    await client.call(
      'ACL',
      'SETUSER',
      'default',
      'resetkeys',
      '~bull:execution:*',
      '~bull:mail:*',
      '~bull:probity:*',
    );
    const { message } = await watcher.code('redis.not_permitted', 15_000, 'queue');
    expect(message).toContain('(queue images)');
    await client.call('ACL', 'SETUSER', 'default', 'allkeys');
    await watcher.code('redis.healthy', 15_000, 'queue');
  });

  it.concurrent('have the worst of their verdicts as the answer, and a row each', async () => {
    const redis = await RedisServer.start();
    await startWorker(redis);
    const watcher = await startHeartbeats({ REDIS_URL: redis.url, QUEUE_NAMES: 'execution,mail' });
    const { message } = await watcher.code('worker.not_started');
    expect(message).toMatch(/^Queue mail: /);
    await startWorker(redis, { QUEUE: 'mail', WORKER_ID: 'mailer' });
    await watcher.code('worker.healthy');
    expect(watcher.report().queues).toMatchObject([
      { name: 'execution', primary: true, named: true, observed: false, workers: 1 },
      { name: 'mail', primary: false, named: true, observed: false, workers: 1 },
    ]);
  });
});

describe('queues that nobody has named', () => {
  const watched = async (names: string, limits: Record<string, string> = {}) => {
    const redis = await RedisServer.start();
    const mail = queueOf(redis, 'mail');
    await mail.add('hello', {});
    const commands: Monitored[] = [];
    await monitor(redis.port, (command) => commands.push(command));
    const watcher = await startHeartbeats({ REDIS_URL: redis.url, QUEUE_NAMES: names, ...limits });
    return { redis, mail, commands, watcher };
  };
  const READS =
    /^(get|mget|llen|zcard|lrange|hmget|hget|hgetall|pttl|zrevrange|zrange|zrangebyscore|zscore|smembers|scard|sscan|lpos|lindex|exists|getrange|scan|type|srandmember|xlen|zrevrangebyscore|zcount|pubsub|time|info|ping|client|config|hello|select)$/;
  /** A script reads when all that it calls does. */
  const onlyReads = ({ command, args: [script = ''] }: Monitored) =>
    READS.test(command) ||
    (command === 'eval' &&
      [...script.matchAll(/call\('(\w+)'/g)].every(([, called = '']) => READS.test(called.toLowerCase())));
  /** What the application of the queue sends comes over connections of its own. */
  const sentByUs = (commands: readonly Monitored[]) => {
    const named = commands.filter(
      ({ args: [sub, name] }) =>
        /setname/i.test(sub ?? '') && /^probity:(producer|check|knock)/.test(name ?? ''),
    );
    const sources = new Set(named.map(({ source }) => source));
    return commands.filter(({ source }) => sources.has(source));
  };

  it.concurrent('are found, told of, and not written to', async () => {
    const { redis, mail, watcher, commands } = await watched('execution,*', { QUEUE_MAX_WAIT_MS: '2000' });
    const row = await untilRow(watcher, 'mail', 'worker.not_started');
    expect(row).toMatchObject({ primary: false, named: false, depths: { waiting: 1 }, workers: 0 });
    const { message, details } = await watcher.code('queues.in_trouble', 10_000, 'queues');
    expect(message).toBe('1 of 1 queue that was found is in trouble: mail (worker.not_started).');
    expect(details).toMatchObject({ found: 1, queues: [{ name: 'mail', status: 'fail' }] });
    // A queue that was found decides nothing but that.
    expect(watcher.check()).toMatchObject({
      code: 'worker.not_started',
      message: expect.not.stringContaining('mail'),
    });
    await startWorker(redis, { QUEUE: 'mail', WORKER_ID: 'mailer' });
    await untilRow(watcher, 'mail', 'worker.healthy');
    await watcher.code('queues.well', 10_000, 'queues');
    const before = commands.length;
    await mail.add('hello', {});
    await eventually(() => commands.length > before + 200);
    await watcher.close();
    const ours = sentByUs(commands).filter(({ args }) => args.some((arg) => arg.includes(':mail:')));
    expect(ours.length).toBeGreaterThan(50);
    expect(ours.filter((each) => !onlyReads(each))).toEqual([]);
    expect(
      commands.filter(({ args }) => args.includes(CANARY_JOB) && args.some((arg) => arg.includes('mail'))),
    ).toEqual([]);
    expect(await redis.client().exists('bull:mail:probity:sentinel', 'bull:mail:probity:canary')).toBe(0);
  });

  it.concurrent('are all there is to see with * alone, and then nothing at all is written', async () => {
    const { redis, watcher, mail, commands } = await watched('*');
    await watcher.code('worker.none_named');
    await eventually(() => rowOf(watcher, 'mail') !== undefined, { timeoutMs: 20_000 });
    expect(watcher.report()).toMatchObject({
      worker: { queue: 'mail' },
      queues: [{ name: 'mail', primary: true, named: false }],
    });
    await watcher.code('redis.healthy', 10_000, 'queue');
    await watcher.code('workers.in_order', 5000, 'workers');
    await watcher.code('jobs.finishing', 5000, 'jobs');
    await mail.obliterate();
    await eventually(() => watcher.report().queues.length === 0, { timeoutMs: 20_000 });
    await watcher.code('queues.none_found', 10_000, 'queues');
    const late = queueOf(redis, 'late');
    await late.add('x', {});
    await eventually(() => rowOf(watcher, 'late') !== undefined, { timeoutMs: 20_000 });
    const written = sentByUs(commands).filter((each) => !onlyReads(each));
    expect(written).toEqual([]);
  });
});

describe('a hundred queues', () => {
  const names = Array.from({ length: 100 }, (_, index) => `q${index}`);
  const beat = async (client: Redis) => {
    const now = Date.now();
    for (const queue of names) {
      const scope = { prefix: 'bull', queue };
      const heartbeat = { ...scope, at: now, id: 'w', incarnation: queue, state: 'running', upForMs: 60_000 };
      const text = JSON.stringify({
        ...heartbeat,
        intervalMs: 60_000,
        timeoutMs: 120_000,
        concurrency: 4,
        activeCount: 4,
      });
      await client.set(heartbeatKey(scope, 'w'), text);
      await client.zadd(indexKey(scope), now, 'w');
    }
  };

  it.concurrent.each([
    ['of which nobody has ever told', false],
    ['whose workers are well', true],
  ])('cost Redis at most 250 commands a second: %s', async (_, beating) => {
    const redis = await RedisServer.start();
    const client = redis.client();
    if (beating) await beat(client);
    const watcher = await startHeartbeats({ REDIS_URL: redis.url, QUEUE_NAMES: names.join(',') });
    await watcher.code(beating ? 'worker.healthy' : 'worker.not_started', 30_000);
    const { length } = watcher.report().queues;
    const commands = async () =>
      Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
    const [before, beganAt] = [await commands(), performance.now()];
    await eventually(async () => (await commands()) - before > 1500, { timeoutMs: 60_000, intervalMs: 500 });
    const aSecond = ((await commands()) - before) / ((performance.now() - beganAt) / 1000);
    expect(length).toBe(100);
    expect(aSecond).toBeLessThan(beating ? 150 : 250);
  });
});
