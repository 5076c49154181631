import { describe, expect, it } from '@jest/globals';
import { Canary } from '../../../src/modules/heartbeat/canary/canary.service.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats, startWorker } from './heartbeat-fixture.js';

async function started(wait = '1000') {
  const redis = await RedisServer.start();
  const watcher = await startHeartbeats({
    REDIS_URL: redis.url,
    WORKER_HEARTBEAT_INTERVAL_MS: '300',
    WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
    QUEUE_MAX_WAIT_MS: wait,
    CANARY_INTERVAL_MS: '500',
  });
  return { redis, watcher };
}

/** Ids are given out one a job, so that they count every job that was ever added. */
const added = async (redis: RedisServer) => Number((await redis.client().get('bull:execution:id')) ?? 0);

describe('the canary', () => {
  it('travels through the real queue and worker, and no processor sees it', async () => {
    const { redis, watcher } = await started();
    const child = await startWorker(redis);
    await eventually(async () => (await added(redis)) >= 2, { timeoutMs: 10_000 });
    expect(watcher.check().code).toBe('worker.healthy');
    expect(child.stdout).not.toContain('processor saw');
    const queue = queueOf(redis);
    await eventually(async () => (await queue.getJobCountByTypes('completed', 'failed')) === 0);
  });

  it('stays at home while a worker that does not know it is connected', async () => {
    const { redis, watcher } = await started();
    const bare = await startWorker(redis, { BARE: 'true' });
    await startWorker(redis);
    await watcher.code('worker.healthy', 20_000);
    // Several chances to send it.
    const from = watcher.check().checkedAt ?? 0;
    await eventually(() => (watcher.check().checkedAt ?? 0) - from > 2500);
    expect(await added(redis)).toBe(0);
    expect(bare.stdout).not.toContain('processor saw');
  });

  it('is a failure of its own when it does not come back, and none once one does', async () => {
    const { redis, watcher } = await started();
    const child = await startWorker(redis);
    await eventually(async () => (await added(redis)) >= 1, { timeoutMs: 10_000 });
    child.signal('SIGHUP');
    await child.waitForLine('wedged');
    await watcher.code('worker.canary_lost', 10_000);
    expect(watcher.module.get(Canary).lostForMs('execution')).toBeGreaterThan(1000);
    await child.kill();
    await startWorker(redis);
    await watcher.code('worker.healthy', 10_000);
  });
});
