import { beforeAll, describe, expect, it } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { QueueDiscovery } from '../../../src/modules/queue/observe.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { monitor } from '../../fixtures/monitor.js';
import { RedisServer } from '../../fixtures/redis.js';

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = server.client();
});

const ALL = { patterns: ['*'] };

function worker(queue: string, prefix: string): Worker {
  const { host, port } = server;
  const made = new Worker(queue, () => Promise.resolve(), { connection: { host, port }, prefix });
  made.on('error', () => undefined);
  atEnd(() => made.close(true));
  return made;
}

async function addQueue(name: string, prefix: string): Promise<Queue> {
  const { host, port } = server;
  const queue = new Queue(name, { connection: { host, port }, prefix });
  queue.on('error', () => undefined);
  atEnd(() => queue.close());
  await queue.waitUntilReady();
  await eventually(() => redis.exists(`${prefix}:${name}:meta`).then((there) => there === 1));
  return queue;
}

/** One pass, however many steps it takes. */
async function pass(discovery: QueueDiscovery): Promise<void> {
  const { wholeAt } = discovery;
  for (let step = 0; step < 100 && discovery.wholeAt === wholeAt; step += 1)
    await discovery.step(redis, { scans: 10 });
}

describe('the discovery of queues', () => {
  it('finds those of its prefix alone, whatever characters they are made of', async () => {
    await addQueue('mail', 'a*b');
    await addQueue('über all', 'a*b');
    await addQueue('other', 'axb');
    const discovery = new QueueDiscovery({ prefix: 'a*b', ...ALL });
    expect(await discovery.step(redis, { scans: 10 })).toEqual({ appeared: ['mail', 'über all'], gone: [] });
    expect(discovery.found).toEqual(['mail', 'über all']);
    expect(discovery.wholeAt).toEqual(expect.any(Number));
  });

  it('goes through many keys a few at a time, and says when it has been through', async () => {
    await redis.eval("for n = 1, 20000 do redis.call('SET', 'filler:' .. n, '') end", 0);
    await addQueue('mail', 'steps');
    const sent: string[] = [];
    await monitor(server.port, ({ command }) => void sent.push(command));
    const discovery = new QueueDiscovery({ prefix: 'steps', ...ALL });
    await discovery.step(redis, { scans: 3 });
    expect(discovery.wholeAt).toBeNull();
    await pass(discovery);
    expect(discovery.found).toEqual(['mail']);
    await redis.ping();
    await eventually(() => sent.includes('ping'));
    const commands = new Set(sent.slice(0, sent.indexOf('ping')));
    // CLIENT LIST is none of those that MONITOR tells of.
    expect(commands).toEqual(new Set(['info', 'scan']));
    await redis.flushdb();
  });

  it('knows a queue by its worker before its keys are seen, and until both are gone', async () => {
    const queue = await addQueue('mail', 'life');
    const busy = worker('mail', 'life');
    await busy.waitUntilReady();
    const discovery = new QueueDiscovery({ prefix: 'life', ...ALL });
    await eventually(async () => {
      const again = new QueueDiscovery({ prefix: 'life', ...ALL });
      await again.step(redis, { scans: 0 });
      return again.found.includes('mail');
    });
    await pass(discovery);
    await queue.close();
    await redis.del('life:mail:meta');
    await pass(discovery);
    expect(discovery.found).toEqual(['mail']);
    await busy.close(true);
    await redis.del('life:mail:meta');
    // The connections are looked at every five seconds.
    const changes = await eventually(
      async () => {
        const found = await discovery.step(redis, { scans: 10 });
        return found.gone.length > 0 && found;
      },
      { timeoutMs: 15_000 },
    );
    expect(changes).toEqual({ appeared: [], gone: ['mail'] });
    expect(discovery.found).toEqual([]);
  });

  it('finds only the queues of workers where SCAN is refused, and says so', async () => {
    await addQueue('idle', 'refused');
    await worker('busy', 'refused').waitUntilReady();
    await server.command('ACL', 'SETUSER', 'some', 'on', '>x', '~*', '+@all', '-scan');
    const client = server.client({ username: 'some', password: 'x' });
    const discovery = await eventually(async () => {
      const each = new QueueDiscovery({ prefix: 'refused', ...ALL });
      await each.step(client, { scans: 10 });
      return each.found.length > 0 && each;
    });
    expect(discovery.found).toEqual(['busy']);
    expect(discovery.withheld).toEqual(['SCAN']);
    expect(discovery.wholeAt).toBeNull();
  });

  it('goes by the keys alone where connections and INFO are refused', async () => {
    await addQueue('mail', 'alone');
    await server.command('ACL', 'SETUSER', 'few', 'on', '>x', '~*', '+@all', '-client', '-info');
    const client = server.client({ username: 'few', password: 'x', disableClientInfo: true });
    const discovery = new QueueDiscovery({ prefix: 'alone', ...ALL });
    await discovery.step(client, { scans: 1000 });
    expect(discovery.found).toEqual(['mail']);
    expect(discovery.withheld).toEqual(['CLIENT LIST']);
  });

  it('rejects when the connection is gone', async () => {
    const client = server.client({ retryStrategy: () => null });
    await client.ping();
    client.disconnect();
    const discovery = new QueueDiscovery({ prefix: 'bull', ...ALL });
    await expect(discovery.step(client, { scans: 1 })).rejects.toThrow();
  });
});
