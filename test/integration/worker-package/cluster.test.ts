import { beforeAll, describe, expect, it } from '@jest/globals';
import { atEnd } from '../../fixtures/cleanup.js';
import { RedisCluster } from '../../fixtures/cluster.js';
import {
  anyQueue,
  anyWorker,
  heartbeatWith,
  instrumented,
  ioredis,
  newQueue,
  VERSIONS,
} from './any-worker.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await RedisCluster.start();
});

describe.each(VERSIONS)('a worker of BullMQ %s on a Cluster', (version) => {
  it('beats like any other, and says that nobody would notice its death at once', async () => {
    const queue = newQueue();
    const prefix = '{bull}';
    const connection = new ioredis[version].Cluster(cluster.startNodes, {
      redisOptions: { maxRetriesPerRequest: null },
    });
    connection.on('error', () => undefined);
    atEnd(() => connection.disconnect());
    const worker = anyWorker(version, queue, async () => undefined, { connection, prefix });
    instrumented(worker);
    await anyQueue(version, queue, { connection, prefix }).add('greet', {});
    const reader = cluster.client();
    const beat = await heartbeatWith(reader, queue, (each) => each.completed === 1 && each.sequence > 3, {
      prefix,
      timeoutMs: 10_000,
    });
    expect(beat).toMatchObject({ watched: false, clock: 'server', database: 'cluster', state: 'running' });
    await worker.close();
    await heartbeatWith(reader, queue, (each) => each.state === 'stopped', { prefix });
  });
});
