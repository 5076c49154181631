import { describe, expect, it } from '@jest/globals';
import { DatabaseModule } from '../../../src/modules/database/index.js';
import { every } from '../../../src/modules/kernel/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import { databaseOptions, queueOptions } from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { QuickWatching } from '../../fixtures/quick-watching.js';
import { RedisServer } from '../../fixtures/redis.js';
import { smallProcess } from '../../fixtures/small-process.js';
import { queueRecord, untilCode } from './queue-fixture.js';

async function watchedQueue(redis: RedisServer) {
  const module = await smallProcess({ REDIS_URL: redis.url }, (configuration) => [
    QuickWatching,
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
  ]);
  await module.init();
  atEnd(() => module.close());
  return module;
}

const MB = 1024 * 1024;

describe('the queue check and where the memory goes', () => {
  it('warns of a Redis that fills before it is high, and says when it is full', async () => {
    const redis = await RedisServer.start(['--maxmemory', String(80 * MB)]);
    const module = await watchedQueue(redis);
    await untilCode(module, 'redis.healthy');
    expect(queueRecord(module).details['forecast']).toMatchObject({ kind: 'too_short' });
    const client = redis.client();
    let n = 0;
    atEnd(every(250, () => client.set(`fill:${++n}`, 'x'.repeat(MB / 2))));
    const warned = await untilCode(module, 'redis.memory_exhausting', 20_000);
    expect(warned).toMatchObject({ status: 'warn', report: { durable: true } });
    expect(warned.message).toMatch(
      /^Redis fills by \d+ MB per minute, as watched for \d+ s, and reaches maxmemory \(80 MB\) in /,
    );
    expect(Number(/; (\d+) % is used now/.exec(warned.message)?.[1])).toBeLessThan(80);
    expect(warned.details['forecast']).toMatchObject({
      kind: 'reaches',
      words: expect.stringMatching(/^in /),
    });
  });
});
