import { expect, it } from '@jest/globals';
import { DatabaseModule } from '../../../src/modules/database/index.js';
import { HeartbeatModule } from '../../../src/modules/heartbeat/index.js';
import { every } from '../../../src/modules/kernel/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import { databaseOptions, heartbeatOptions, queueOptions } from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { QuickWatching } from '../../fixtures/quick-watching.js';
import { RedisServer } from '../../fixtures/redis.js';
import { smallProcess } from '../../fixtures/small-process.js';
import { queueOf, startWorker, Watcher } from './heartbeat-fixture.js';

it('a queue that gets more jobs than are finished is said not to drain, before its backlog is long', async () => {
  const redis = await RedisServer.start();
  const environment = {
    REDIS_URL: redis.url,
    QUEUE_BACKLOG_WARN: '400',
    QUEUE_MAX_WAIT_MS: '600000',
    CANARY_INTERVAL_MS: '86400000',
  };
  const module = await smallProcess(environment, (configuration) => [
    QuickWatching,
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
    HeartbeatModule.forRoot(heartbeatOptions(configuration, { watch: true, publish: false })),
  ]);
  await module.init();
  const watcher = new Watcher(module);
  atEnd(() => watcher.close());
  const worker = await startWorker(redis, { JOB_MS: '150', CONCURRENCY: '1' });
  atEnd(async () => void (await worker.kill()));
  await watcher.code('worker.healthy');
  const queue = queueOf(redis);
  // Sixteen a second, of which six are done.
  atEnd(every(250, () => queue.addBulk(Array.from({ length: 4 }, () => ({ name: 'takes', data: {} })))));
  const warned = await watcher.code('queue.not_draining', 20_000, 'jobs');
  expect(warned).toMatchObject({ status: 'warn' });
  expect(warned.message).toMatch(
    /^Jobs of queue execution come faster than they are finished, by [\d.]+ per (second|minute) as watched for \d+ s: \d+ jobs wait, and more than QUEUE_BACKLOG_WARN \(400\) will in /,
  );
  expect(warned.details['waiting']).toBeLessThan(400);
  expect(watcher.check().status).toBe('pass');
});
