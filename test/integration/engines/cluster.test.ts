import { beforeAll, describe, expect, it } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { QueueDiscovery } from '../../../src/modules/queue/observe.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { RedisCluster } from '../../fixtures/cluster.js';
import { eventually } from '../../fixtures/eventually.js';
import { QueueLooks } from '../../fixtures/queue-look.js';

/** One for each node. */
const PREFIXES = ['{b}', '{c}', '{d}'];

let cluster: RedisCluster;
let client: Cluster;
/** As those who read have it, who send what a plain client can. */
let reader: Redis;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  client = cluster.client();
  reader = client as unknown as Redis;
  await client.ping();
});

const forBullmq = () => cluster.client({ maxRetriesPerRequest: null });

async function startWorker(prefix: string, queue: string): Promise<Worker> {
  const never = () => new Promise(() => undefined);
  const worker = new Worker(queue, never, { connection: forBullmq(), prefix, skipVersionCheck: true });
  worker.on('error', () => undefined);
  atEnd(() => worker.close(true));
  await worker.waitUntilReady();
  return worker;
}

function queueIn(prefix: string, name: string): Queue {
  const queue = new Queue(name, { connection: forBullmq(), prefix, skipVersionCheck: true });
  queue.on('error', () => undefined);
  atEnd(() => queue.close());
  return queue;
}

describe('queues on a Cluster', () => {
  it('lie on different nodes, and each is read from where it is', async () => {
    const slots = await Promise.all(
      PREFIXES.map((prefix) => client.cluster('KEYSLOT', `${prefix}:mail:meta`)),
    );
    expect(new Set(slots.map((slot) => Math.floor((3 * Number(slot)) / 16_384))).size).toBe(3);
    for (const [index, prefix] of PREFIXES.entries()) {
      const queue = queueIn(prefix, 'mail');
      for (let count = 0; count <= index; count += 1) await startWorker(prefix, 'mail');
      const looks = new QueueLooks({ prefix, queue: 'mail' });
      const connected = async () => (await looks.read(reader, performance.now())).slow.connectedWorkers;
      // Each waits for jobs at the node of its queue, and may be known to others too.
      await eventually(async () => (await connected()) === index + 1, {
        timeoutMs: 15_000,
        what: 'its workers',
      });
      await queue.addBulk(Array.from({ length: 5 }, () => ({ name: 'send', data: {} })));
      await queue.add('urgent', {}, { priority: 2 });
      await queue.add('later', {}, { delay: 3_600_000 });
      // Each worker holds one, and takes nothing more.
      await eventually(
        async () => {
          const { slow } = await looks.read(reader, performance.now());
          expect(slow.counts).toMatchObject({
            waiting: 4 - index,
            prioritized: 1,
            delayed: 1,
            active: index + 1,
          });
          expect(slow.waiting.ids).toHaveLength(5 - index);
          return true;
        },
        { timeoutMs: 15_000, what: `what is in ${prefix}:mail` },
      );
    }
  });

  it('are found on every node, by their keys and by their workers', async () => {
    for (const prefix of PREFIXES) {
      const discovery = new QueueDiscovery({ prefix, patterns: ['*'] });
      await eventually(async () => {
        await discovery.step(reader, { scans: 1 });
        return discovery.wholeAt !== null;
      });
      expect(discovery.found).toEqual(['mail']);
      expect(discovery.withheld).toEqual([]);
    }
  });

  it('may have each a node of its own under one prefix', async () => {
    for (const name of ['{b}one', '{c}two', '{d}three']) await queueIn('bull', name).add('x', {});
    await startWorker('bull', '{d}four');
    const discovery = new QueueDiscovery({ prefix: 'bull', patterns: ['*'] });
    await discovery.step(reader, { scans: 10 });
    expect(discovery.found).toEqual(['{b}one', '{c}two', '{d}four', '{d}three']);
    await client.del('bull:{c}two:meta');
    const changes = await discovery.step(reader, { scans: 10 });
    expect(changes.gone).toEqual(['{c}two']);
    const { slow } = await new QueueLooks({ prefix: 'bull', queue: '{b}one' }).read(
      reader,
      performance.now(),
    );
    expect(slow.counts).toMatchObject({ waiting: 1, active: 0 });
  });
});
