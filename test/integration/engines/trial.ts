import { beforeAll, describe, expect, it } from '@jest/globals';
import { noEngines, startEngine, type Engine } from '../../fixtures/engines.js';
import { eventually } from '../../fixtures/eventually.js';
import type { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats, startWorker, type Watcher } from '../heartbeat/heartbeat-fixture.js';

/** What the api sees of a queue is the same on every engine. */
export function tryEngine(engine: Engine): void {
  (noEngines === undefined ? describe : describe.skip)(`a queue on ${engine}`, () => {
    let redis: RedisServer;
    let watcher: Watcher;
    beforeAll(async () => {
      redis = await startEngine(engine);
      watcher = await startHeartbeats({
        REDIS_URL: redis.url,
        WORKER_HEARTBEAT_INTERVAL_MS: '300',
        WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
        QUEUE_WEDGED_AFTER_MS: '1500',
        JOB_STUCK_AFTER_MS: '1500',
        CANARY_INTERVAL_MS: '86400000',
      });
    });

    it('is kept by a Redis that tells its version, and says what it would not keep', async () => {
      const queue = await watcher.code('redis.healthy', 15_000, 'queue');
      expect(queue.details['redis']).toMatchObject({
        version: expect.stringMatching(new RegExp(`^${engine.split('-')[1]}\\.`)),
        appendOnlyFile: true,
        evictionPolicy: 'noeviction',
      });
      expect(queue.report).toMatchObject({ durable: true });
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      expect(await watcher.code('redis.eviction_policy', 10_000, 'queue')).toMatchObject({ status: 'fail' });
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      await redis.command('CONFIG', 'SET', 'appendonly', 'no');
      expect(await watcher.code('redis.persistence_off', 10_000, 'queue')).toMatchObject({ status: 'fail' });
      await redis.command('CONFIG', 'SET', 'save', '900 1');
      await watcher.code('redis.snapshots_only', 15_000, 'queue');
    });

    it("shows workers that send no heartbeats by BullMQ's own traces", async () => {
      const child = await startWorker(redis, { BARE: 'true' });
      await watcher.code('worker.observed');
      await queueOf(redis).add('quick', {});
      const seen = await watcher.moved(15_000);
      expect(seen.details).toMatchObject({ connectedWorkers: 1 });
      await child.kill();
      await watcher.code('worker.lost', 15_000);
    });

    it('shows those that beat, what waits, what fails, who pauses it and who is killed', async () => {
      const child = await startWorker(redis);
      await watcher.code('worker.healthy', 15_000);
      expect(watcher.report().worker).toMatchObject({ started: true, id: 'worker-1', queue: 'execution' });
      const queue = queueOf(redis);
      for (let count = 0; count < 6; count += 1) await queue.add('fails', {});
      await watcher.code('jobs.failing', 10_000, 'jobs');
      await queue.pause();
      await queue.addBulk(['a', 'b', 'c'].map((name) => ({ name, data: {} })));
      await queue.add('d', {}, { priority: 7 });
      await queue.add('e', {}, { delay: 3_600_000 });
      await watcher.code('queue.paused', 10_000);
      await eventually(
        () => {
          expect(watcher.report().queueDepths['execution']).toMatchObject({
            waiting: 3,
            prioritized: 1,
            delayed: 1,
            active: 0,
            failed: 6,
            paused: true,
          });
          return true;
        },
        { timeoutMs: 15_000, what: 'the right depths' },
      );
      await queue.resume();
      await watcher.code('worker.healthy', 10_000);
      await child.kill();
      const lost = await watcher.code('worker.lost', 3000);
      expect(lost.message).toContain('worker-1');
    });
  });
}
