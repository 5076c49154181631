import { describe, expect, it } from '@jest/globals';
import { FlowProducer, Queue, Worker } from 'bullmq';
import { QueueDiscovery } from '../../../src/modules/queue/observe.js';
import { readConfig } from '../../../src/modules/queue/look/read-config.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { ENGINES, noEngines, startEngine } from '../../fixtures/engines.js';
import { page } from '../../fixtures/page.js';
import { QueueLooks } from '../../fixtures/queue-look.js';
import type { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startWorker } from '../heartbeat/heartbeat-fixture.js';
import { startQueue, untilCode } from '../queue/queue-fixture.js';

/** The line that docs/redis.md has for this user. */
function documented(user: string): string[] {
  const [line = ''] = new RegExp(`^ACL SETUSER ${user} .*$`, 'm').exec(page('docs/redis.md')) ?? [];
  return line.split(' ');
}

/** A queue with something of everything in it. */
async function fill(redis: RedisServer): Promise<void> {
  const queue = queueOf(redis);
  await queue.addBulk(Array.from({ length: 60 }, () => ({ name: 'quick', data: {} })));
  await queue.add('quick', {}, { priority: 3 });
  await queue.add('quick', {}, { delay: 10 });
  await queue.upsertJobScheduler('often', { every: 60_000 });
  const flow = new FlowProducer({
    connection: { host: redis.host, port: redis.port },
    skipVersionCheck: true,
  });
  atEnd(() => flow.close());
  await flow.add({
    name: 'quick',
    queueName: 'execution',
    children: [{ name: 'quick', queueName: 'others' }],
  });
}

(noEngines === undefined ? describe : describe.skip)('a user who may only read', () => {
  it.each(ENGINES)('sees the same of a queue on %s as one who may do anything', async (engine) => {
    const redis = await startEngine(engine);
    const [acl = '', ...rule] = documented('onlooker');
    await redis.command(acl, ...rule);
    const child = await startWorker(redis, { CONCURRENCY: '1' });
    await queueOf(redis).add('hangs', {});
    await child.waitForLine('processor saw hangs');
    await fill(redis);
    const onlooker = redis.client({ username: 'onlooker', password: 'password', enableReadyCheck: false });
    const everybody = redis.client();
    const seen = async (client: typeof onlooker) => {
      const { slow, heartbeats, present } = await new QueueLooks({ prefix: 'bull', queue: 'execution' }).read(
        client,
        performance.now(),
      );
      const discovery = new QueueDiscovery({ prefix: 'bull', patterns: ['*'] });
      await discovery.step(client, { scans: 10 });
      return {
        counts: slow.counts,
        heads: slow.heads,
        active: slow.activeIds,
        connected: slow.connectedWorkers,
        dead: slow.deadSchedulers,
        workers: heartbeats.map(({ id }) => id),
        present: present.size,
        queues: discovery.found,
        withheld: discovery.withheld,
        config: await readConfig(client),
        info: (await client.info()).includes('aof_enabled:1'),
      };
    };
    const [whatItSees, whatIsThere] = [await seen(onlooker), await seen(everybody)];
    expect(whatItSees).toEqual(whatIsThere);
    expect(whatItSees).toMatchObject({ connected: 1, workers: ['worker-1'], present: 1, withheld: [] });
    expect(whatItSees.counts).toMatchObject({ prioritized: 1, active: 1 });
    for (const [command, ...args] of [
      ['SET', 'bull:execution:x', '1'],
      ['DEL', 'bull:execution:meta'],
      ['EVAL', "return redis.call('DEL', KEYS[1])", '1', 'bull:execution:meta'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['KEYS', '*'],
      ['GET', 'another:key'],
      ['FLUSHALL'],
    ] as const)
      await expect(onlooker.call(command, ...args)).rejects.toThrow('NOPERM');
  });
});

(noEngines === undefined ? describe : describe.skip)(
  'a user of the service, of workers and producers',
  () => {
    it.each(ENGINES)('may do on %s what they do, and nothing is withheld', async (engine) => {
      const redis = await startEngine(engine);
      const [acl = '', ...rule] = documented('probity').filter(
        (word) => engine !== 'redis-6.0' || word !== '&bull:*',
      );
      await redis.command(acl, ...rule);
      const module = await startQueue({
        REDIS_URL: redis.url.replace('redis://', 'redis://probity:password@'),
      });
      await untilCode(module, 'redis.healthy', 15_000);
      const connection = { host: redis.host, port: redis.port, username: 'probity', password: 'password' };
      const worker = new Worker('execution', async () => 'done', { connection, skipVersionCheck: true });
      worker.on('error', () => undefined);
      atEnd(() => worker.close(true));
      const ended = new Promise((resolve) => worker.once('completed', (_job, result) => resolve(result)));
      const queue = new Queue('execution', { connection, skipVersionCheck: true });
      atEnd(() => queue.close());
      await queue.add('any', {});
      expect(await ended).toBe('done');
      const other = redis.client({ username: 'probity', password: 'password', enableReadyCheck: false });
      for (const [command, ...args] of [
        ['FLUSHALL'],
        ['KEYS', '*'],
        ['GET', 'another:key'],
        ['CONFIG', 'SET', 'save', ''],
      ] as const)
        await expect(other.call(command, ...args)).rejects.toThrow('NOPERM');
    });
  },
);
