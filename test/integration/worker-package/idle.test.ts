import { beforeAll, describe, expect, it } from '@jest/globals';
import { bullKey } from '@probity/worker/wire';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { anyQueue, instrumented, newQueue, VERSIONS, wedgedWorker, type AnyQueue } from './any-worker.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});

describe.each(VERSIONS)('a worker of BullMQ %s that takes nothing', (version) => {
  const plain = () => ({ host: redis.host, port: redis.port });

  function started(options: object = {}) {
    const queue = newQueue();
    const jobs = anyQueue(version, queue, { connection: plain() });
    const worker = wedgedWorker(version, queue, { connection: plain(), ...options });
    return { queue, jobs, worker };
  }

  it.each<[string, (jobs: AnyQueue) => Promise<unknown>]>([
    ['jobs wait', (jobs) => jobs.add('waits', {})],
    ['jobs with a priority wait', (jobs) => jobs.add('waits', {}, { priority: 3 })],
    ['delayed ones are due', (jobs) => jobs.add('waits', {}, { delay: 1 })],
    [
      'the queue has a limit that is not reached',
      async (jobs) => {
        await jobs.setGlobalConcurrency(3);
        await jobs.add('waits', {});
      },
    ],
  ])('idles while %s, and is told of since it was seen', async (_, given) => {
    const { jobs, worker } = started();
    const beats = instrumented(worker, { intervalMs: 1000 });
    await eventually(() => beats.insight().connected);
    expect(beats.insight().idleWhileWaitingMs).toBeNull();
    await given(jobs);
    // What could explain it is looked at at once, and not when the next heartbeats are due.
    const since = await eventually(() => beats.insight().idleWhileWaitingMs ?? false, { timeoutMs: 4500 });
    expect(since).toBeLessThan(1000);
    await eventually(() => (beats.insight().idleWhileWaitingMs ?? 0) > 2500);
    await jobs.pause();
    await eventually(() => beats.insight().idleWhileWaitingMs === null, { timeoutMs: 6000 });
    expect(beats.insight().limit).toEqual({ kind: 'pause' });
  });

  it('knows when it begins, too: the first heartbeat comes with what explains it', async () => {
    const { jobs, worker } = started();
    await jobs.add('waits', {});
    const beats = instrumented(worker, { intervalMs: 60_000 });
    await eventually(() => beats.insight().idleWhileWaitingMs !== null);
  });

  it.each<[string, object, (jobs: AnyQueue, queue: string) => Promise<unknown>, string]>([
    ['the queue is paused', {}, (jobs) => jobs.pause(), 'pause'],
    [
      'its rate limit is reached',
      { limiter: { max: 2, duration: 60_000 } },
      (_, queue) => redis.client().set(bullKey({ prefix: 'bull', queue }, 'limiter'), 2, 'PX', 60_000),
      'rate',
    ],
    [
      'the queue may run no more at once',
      {},
      async (jobs, queue) => {
        await jobs.setGlobalConcurrency(1);
        await redis.client().lpush(bullKey({ prefix: 'bull', queue }, 'active'), 'elsewhere');
      },
      'concurrency',
    ],
  ])('does not idle while %s', async (_, options, given, kind) => {
    const { jobs, queue, worker } = started(options);
    await given(jobs, queue);
    await jobs.add('waits', {});
    const beats = instrumented(worker);
    await eventually(() => beats.insight().limit?.kind === kind);
    const seen = new Set<number | null>();
    const until = performance.now() + 2000;
    await eventually(() => {
      seen.add(beats.insight().idleWhileWaitingMs);
      return performance.now() > until;
    });
    expect([...seen]).toEqual([null]);
  });
});
