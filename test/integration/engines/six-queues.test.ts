import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../fixtures/eventually.js';
import { sixQueues } from '../cli/six-queues.js';
import { startHeartbeats, type Watcher } from '../heartbeat/heartbeat-fixture.js';

/** What `probity look` says of these six is in look-six-queues.test.ts. */
describe('six queues that never heard of it, watched by the service with QUEUE_NAMES=*', () => {
  let watcher: Watcher;
  beforeAll(async () => {
    const redis = await sixQueues();
    watcher = await startHeartbeats({
      REDIS_URL: redis.url,
      QUEUE_NAMES: '*',
      QUEUE_WEDGED_AFTER_MS: '5000',
    });
  });

  it.each([
    ['mail', 'worker.wedged', 'fail'],
    ['billing', 'jobs.failing', 'fail'],
    ['newsletter', 'queue.paused', 'warn'],
    ['reports', 'queue.scheduler_dead', 'warn'],
    ['thumbnails', 'queue.backlog', 'warn'],
    ['push', 'worker.observed', 'pass'],
  ])('%s: %s', async (name, code, status) => {
    await eventually(
      () => {
        const row = watcher.report().queues.find((each) => each.name === name);
        expect(row).toMatchObject({ named: false, observed: true, status: { status, code } });
        return true;
      },
      { timeoutMs: 40_000, what: `${name}: ${code}` },
    );
  });

  it('warn, for nobody has named them; and the Redis below them fails by itself', async () => {
    await eventually(() => {
      expect(watcher.check('queues')).toMatchObject({
        code: 'queues.in_trouble',
        message: expect.stringMatching(/^5 of 6 queues that were found are in trouble: /),
        details: { found: 6 },
      });
      return true;
    });
    await watcher.code('redis.eviction_policy', 10_000, 'queue');
    // No queue is named, so none decides; but a Redis that may drop jobs fails for all of them.
    expect((await watcher.code('worker.queue_failing')).details).toMatchObject({ found: 6 });
    expect(watcher.report().worker).toMatchObject({ queue: 'billing', started: true });
  });
});
