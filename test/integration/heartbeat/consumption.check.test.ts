import { describe, expect, it } from '@jest/globals';
import { Worker, type Queue, type WorkerOptions } from 'bullmq';
import { WorkerHeartbeats } from '../../../src/modules/heartbeat/index.js';
import { Liveness } from '../../../src/modules/liveness/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats, type Watcher } from './heartbeat-fixture.js';

async function started(options: Partial<WorkerOptions> = {}) {
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
    ...options,
  });
  worker.on('error', () => undefined);
  atEnd(() => worker.close(true));
  const livez = () => watcher.module.get(Liveness).read(Date.now());
  return { redis, watcher, worker, livez };
}

/** Hangs the fetch loop as an outage hung that of BullMQ 6.1.2, and leaves a job waiting. */
async function wedge(redis: RedisServer, worker: Worker): Promise<void> {
  await worker.waitUntilReady();
  const backend = worker.getBackend();
  const waitForJob = backend.waitForJob.bind(backend);
  let wedged = false;
  // It still takes one, and then no more: a fetch may be under way, and may not.
  worker.once('active', () => (wedged = true));
  Object.assign(backend, {
    waitForJob: (...args: Parameters<typeof waitForJob>) =>
      wedged ? new Promise(() => undefined) : waitForJob(...args),
  });
  const queue = queueOf(redis);
  await queue.add('taken', {});
  await eventually(async () => (await queue.getCompletedCount()) === 1, { timeoutMs: 10_000 });
  await queue.add('waits', {});
}

/** Long enough to be called wedged, and longer. */
async function twiceTheTimeOfAWedge(watcher: Watcher): Promise<void> {
  const answers = new Set<number | null>();
  // One a second.
  await eventually(() => answers.add(watcher.check('consumption').checkedAt).size > 3, { timeoutMs: 10_000 });
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

  it.each([
    ['the rate limit of the queue', {}, (queue: Queue) => queue.setGlobalRateLimit(1, 90_000)],
    ['its own rate limit', { limiter: { max: 1, duration: 90_000 } }, () => Promise.resolve()],
  ])('is no wedge while %s is reached', async (_, options, limit) => {
    const { redis, watcher, worker, livez } = await started(options);
    const queue = queueOf(redis);
    await limit(queue);
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    await watcher.code('consumption.running', 5000, 'consumption');
    await queue.addBulk([
      { name: 'taken', data: {} },
      { name: 'waits', data: {} },
    ]);
    await eventually(async () => (await queue.getCompletedCount()) === 1, { timeoutMs: 10_000 });
    await twiceTheTimeOfAWedge(watcher);
    expect(watcher.check('consumption').code).toBe('consumption.running');
    expect(livez().live).toBe(true);
  });

  it('is a wedge though there are limits, for none of them is reached', async () => {
    const { redis, watcher, worker } = await started({ limiter: { max: 1000, duration: 60_000 } });
    await queueOf(redis).setGlobalRateLimit(1000, 60_000);
    await queueOf(redis).setGlobalConcurrency(1000);
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    await watcher.code('consumption.running', 5000, 'consumption');
    await wedge(redis, worker);
    await watcher.code('consumption.wedged', 10_000, 'consumption');
  });

  it('is no wedge while a delayed job is due by the clock of Redis and not by its own, which promotes', async () => {
    const { redis, watcher, worker, livez } = await started();
    const queue = queueOf(redis);
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    await watcher.code('consumption.running', 5000, 'consumption');
    const clock = Date.now;
    atEnd(() => void (Date.now = clock));
    Date.now = () => clock() - 3_600_000;
    // Due at once by the clock of Redis, in an hour by that of this process.
    await queue.add('delayed', {}, { delay: 3_600_100 });
    await twiceTheTimeOfAWedge(watcher);
    expect(await queue.getDelayedCount()).toBe(1);
    expect(livez()).toMatchObject({ live: true });
  });

  it('is not running, and no reason to restart, when run() was never called', async () => {
    const { redis, watcher, worker, livez } = await started({ autorun: false });
    watcher.module.get(WorkerHeartbeats).instrument(worker);
    await queueOf(redis).add('waits', {});
    await watcher.code('consumption.not_running', 5000, 'consumption');
    await twiceTheTimeOfAWedge(watcher);
    expect(watcher.check('consumption').code).toBe('consumption.not_running');
    expect(livez().live).toBe(true);
  });
});
