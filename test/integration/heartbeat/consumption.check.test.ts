import { describe, expect, it } from '@jest/globals';
import { Worker } from 'bullmq';
import { WorkerHeartbeats } from '../../../src/modules/heartbeat/index.js';
import { Liveness } from '../../../src/modules/liveness/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats } from './heartbeat-fixture.js';

async function started() {
  const redis = await RedisServer.start();
  const watcher = await startHeartbeats(
    {
      REDIS_URL: redis.url,
      WORKER_ID: 'worker-1',
      WORKER_HEARTBEAT_INTERVAL_MS: '200',
      WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
      QUEUE_WEDGED_AFTER_MS: '1000',
    },
    { watch: false, publish: true },
  );
  const worker = new Worker('execution', () => Promise.resolve(), {
    connection: { host: redis.host, port: redis.port },
    skipVersionCheck: true,
  });
  worker.on('error', () => undefined);
  atEnd(() => worker.close(true));
  const livez = () => watcher.module.get(Liveness).read(Date.now());
  return { redis, watcher, worker, livez };
}

/** Hangs the fetch loop as an outage hung that of BullMQ 6.1.2, and leaves a job waiting. */
async function wedge(redis: RedisServer, worker: Worker): Promise<void> {
  await worker.waitUntilReady();
  Object.assign(worker.getBackend(), { waitForJob: () => new Promise(() => undefined) });
  const queue = queueOf(redis);
  // The fetch under way still takes one, and then no more.
  await queue.add('taken', {});
  await eventually(async () => (await queue.getCompletedCount()) === 1, { timeoutMs: 10_000 });
  await queue.add('waits', {});
}

describe('the own consumption of a worker process', () => {
  it('is missing before a worker is instrumented, and there after', async () => {
    const { watcher, worker } = await started();
    await watcher.code('consumption.not_running', 5000, 'consumption');
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    const running = await watcher.code('consumption.running', 5000, 'consumption');
    expect(running.counts).toBe('readiness');
  });

  it('vetoes liveness when it is wedged while Redis answers', async () => {
    const { redis, watcher, worker, livez } = await started();
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    await watcher.code('consumption.running', 5000, 'consumption');
    await wedge(redis, worker);
    await watcher.code('consumption.wedged', 10_000, 'consumption');
    expect(livez()).toMatchObject({ live: false, reason: 'consumption.wedged' });
  });

  it('leaves liveness alone while Redis is the one that is down, and right after its return', async () => {
    const { redis, watcher, worker, livez } = await started();
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    await watcher.code('consumption.running', 5000, 'consumption');
    await wedge(redis, worker);
    await redis.kill();
    await watcher.code('consumption.disconnected', 5000, 'consumption');
    expect(livez().live).toBe(true);
    await redis.restart();
    await watcher.code('consumption.running', 5000, 'consumption');
    expect(livez().live).toBe(true);
  });
});
