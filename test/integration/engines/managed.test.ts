import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../fixtures/eventually.js';
import { page } from '../../fixtures/page.js';
import { ManagedRedis } from '../../fixtures/managed/managed-redis.js';
import { PROVIDER_NAMES, PROVIDERS } from '../../fixtures/managed/providers.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats, startWorker } from '../heartbeat/heartbeat-fixture.js';

/** Of what we would like to ask, what each does not answer, as docs/redis.md says. */
const WITHHELD = new Map(
  [...page('docs/redis.md').matchAll(/^\| ([\w ]+) \| ((?:CONFIG|CLIENT|INFO|PUBSUB)[A-Z, ]+) \|$/gm)].map(
    ([, service = '', commands = '']) => [service, commands],
  ),
);

describe('a queue on a managed Redis', () => {
  it.concurrent.each(PROVIDER_NAMES)(
    'of %s is seen as far as that lets us, and it is said how far',
    async (name) => {
      const withheldHere = WITHHELD.get(name) ?? 'nothing that the page names';
      const redis = await RedisServer.start();
      const managed = await ManagedRedis.start(redis, PROVIDERS[name]);
      const watcher = await startHeartbeats({
        REDIS_URL: managed.url,
        WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
        CANARY_INTERVAL_MS: '86400000',
      });
      const bare = await startWorker(managed, { BARE: 'true' });
      const queue = queueOf(managed);
      await queue.add('quick', {});
      const seen = await watcher.code('worker.observed', 20_000);
      const listed = !withheldHere.includes('CLIENT LIST');
      expect(seen.details).toMatchObject({ connectedWorkers: listed ? 1 : null });
      if (!listed) expect(seen.message).toContain('connections not seen');
      await bare.waitForLine('processor saw quick');
      await bare.stop();

      const beating = await startWorker(managed);
      await watcher.code('worker.healthy', 20_000);
      await queue.pause();
      // With priorities, for a canary of ours may wait among the plain ones.
      await queue.addBulk(['a', 'b'].map((job) => ({ name: job, data: {}, opts: { priority: 3 } })));
      await watcher.code('queue.paused', 10_000);
      await eventually(
        () => {
          expect(watcher.report().queueDepths['execution']).toMatchObject({ prioritized: 2, paused: true });
          return true;
        },
        { timeoutMs: 10_000, what: 'the right depth' },
      );
      await beating.kill();
      await queue.resume();
      await watcher.code('worker.lost', 10_000);

      // Its data is kept, in truth; nobody can know that.
      const kept = await watcher.code('redis.durability_unknown', 10_000, 'queue');
      expect(kept).toMatchObject({ status: 'warn', report: { durable: null } });
      const also = kept.details['also'] as { code: string; message: string }[];
      const withheld = also.find(({ code }) => code === 'redis.commands_withheld');
      expect(withheld?.message).toContain(`withholds ${withheldHere} from`);
      expect([...managed.refused]).toEqual(expect.arrayContaining(['config get']));

      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      const evicts = await watcher.code('redis.eviction_policy', 10_000, 'queue');
      expect(evicts).toMatchObject({ status: 'fail', report: { durable: false } });
    },
  );
});
