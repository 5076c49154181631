import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { QueueReader } from '../../../src/modules/heartbeat/read/queue-reader.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf } from './heartbeat-fixture.js';

let redis: RedisServer;
let queue: Queue;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
  queue = queueOf(redis);
  client = redis.client();
}, 60_000);

const look = async (suspects: readonly string[] = [], waited: readonly string[] = []) =>
  (await new QueueReader({ prefix: 'bull', queue: 'execution' }).read(client, [], 0, { suspects, waited }))
    .slow;

describe('the oldest of the jobs that wait', () => {
  it('is among those that are looked at: last in line, in the midst, of the least urgent ones', async () => {
    await queue.addBulk(
      Array.from({ length: 60 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `plain-${n}` } })),
    );
    await queue.addBulk(
      [5, 9, 9, 1].map((priority, n) => ({ name: 'x', data: {}, opts: { jobId: `urgent-${n}`, priority } })),
    );
    const first = await look();
    expect(first.waiting.sample).toBe(true);
    expect(first.waiting.ids).toEqual(
      expect.arrayContaining(['plain-0', 'plain-59', 'urgent-0', 'urgent-1', 'urgent-3']),
    );
    expect(first.waiting.ids).not.toContain('urgent-2');
    await queue.remove('plain-30');
    const again = await look([], ['plain-29', 'plain-30']);
    expect(again.waiting.ids).toContain('plain-29');
    expect(again.waiting.ids).not.toContain('plain-30');
    await queue.drain();
    expect((await look([], ['plain-29'])).waiting).toEqual({ ids: [], sample: false });
  });
});

describe('a look at the jobs', () => {
  it('finds a scheduler whose next job is gone, and none that has its job, or has run as often as it was to', async () => {
    await queue.upsertJobScheduler('alive', { every: 200 });
    await queue.upsertJobScheduler('dead', { every: 200 });
    await queue.upsertJobScheduler('done', { every: 200, limit: 1 });
    const next = async (id: string) =>
      `repeat:${id}:${(await client.zscore('bull:execution:repeat', id)) ?? ''}`;
    for (const id of ['dead', 'done']) {
      const job = await next(id);
      await client.del(`bull:execution:${job}`);
      await client.zrem('bull:execution:delayed', job);
      await client.lrem('bull:execution:wait', 0, job);
    }
    const found = await eventually(
      async () => {
        const { deadSchedulers } = await look();
        return deadSchedulers.length > 0 && deadSchedulers;
      },
      { what: 'the dead scheduler' },
    );
    expect(found.map(({ id }) => id)).toEqual(['dead']);
  });

  it('finds the jobs that BullMQ failed for their locks, and those that have ended', async () => {
    const [lost, thrown, waiting] = await Promise.all(['a', 'b', 'c'].map((name) => queue.add(name, {})));
    const fail = async (id: string, reason: string) => {
      await client.hset(`bull:execution:${id}`, 'failedReason', reason, 'finishedOn', '1');
      await client.zadd('bull:execution:failed', 1, id);
    };
    await fail(lost!.id!, 'job stalled more than allowable limit');
    await fail(thrown!.id!, 'its own reason');
    const found = await look([lost!.id!, waiting!.id!, 'never-was']);
    expect(found.stalledOut).toEqual([lost!.id]);
    expect(found.ended).toEqual([lost!.id, 'never-was']);
  });
});
