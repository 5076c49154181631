import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { OrphanedParentsReader } from '../../../src/modules/heartbeat/read/orphaned-parents.js';
import { QueueLooks } from '../../fixtures/queue-look.js';
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
});

const look = async (suspects: readonly string[] = [], waited: readonly string[] = []) =>
  (await new QueueLooks({ prefix: 'bull', queue: 'execution' }).read(client, 0, { suspects, waited })).slow;

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
    await queue.addBulk(
      Array.from({ length: 5 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `few-${n}`, lifo: true } })),
    );
    const { ids, sample } = (await look()).waiting;
    expect([ids.toSorted(), sample]).toEqual([['few-0', 'few-1', 'few-2', 'few-3', 'few-4'], false]);
    await queue.drain();
    expect((await look([], ['plain-29'])).waiting).toEqual({ ids: [], sample: false });
  });
});

/** The keys by hand, for BullMQ 4.18.3 is not installed here: this is what it was seen to write. */
describe('a queue of BullMQ 4', () => {
  const key = (name: string) => `bull:execution:${name}`;
  /** The newest first, as in every list of BullMQ. */
  const jobs = async (list: string, ...ids: string[]) => {
    await client.rpush(key(list), ...ids);
    for (const id of ids) if (!id.startsWith('0:')) await client.hset(key(id), 'name', 'x');
  };
  afterEach(async () => {
    await client.flushall();
  });

  it('holds its jobs in a list of their own while it is paused, as with BullMQ 5', async () => {
    await client.hset(key('meta'), 'paused', '1');
    await jobs('paused', '3', '2', '1');
    const { counts, heads, waiting } = await look();
    expect(counts).toMatchObject({ waiting: 3, paused: true });
    expect(heads).toEqual(['1']);
    expect(waiting.ids.toSorted()).toEqual(['1', '2', '3']);
  });

  it('was paused when BullMQ 6 took over, and has jobs in both lists', async () => {
    await client.hset(key('meta'), 'paused', '1');
    await jobs('paused', '1');
    await jobs('wait', '3', '2');
    const { counts, heads, waiting } = await look();
    expect([counts.waiting, heads]).toEqual([3, ['2']]);
    expect(waiting.ids.toSorted()).toEqual(['1', '2', '3']);
  });

  it('is paused and empty', async () => {
    await client.hset(key('meta'), 'paused', '1');
    const { counts, heads } = await look();
    expect([counts.waiting, counts.paused, heads]).toEqual([0, true, []]);
  });

  it('wakes its workers for delayed jobs by a marker, which is no job', async () => {
    await jobs('wait', '0:1795848199602');
    const alone = await look();
    expect([alone.counts.waiting, alone.heads, alone.waiting.ids]).toEqual([0, [], []]);
  });

  it('wakes them for prioritized jobs by a marker, before jobs and behind those that jump the queue', async () => {
    await jobs('wait', '3', '2', '0:0');
    const before = await look();
    expect([before.counts.waiting, before.heads]).toEqual([2, ['2']]);
    expect(before.waiting.ids.toSorted()).toEqual(['2', '3']);
    await jobs('wait', '4');
    const behind = await look();
    expect([behind.counts.waiting, behind.heads]).toEqual([3, ['4']]);
  });

  it('may have a marker among the active ones for a moment', async () => {
    await jobs('active', '0:0', '1');
    const { counts, activeIds } = await look();
    expect([counts.active, activeIds]).toEqual([1, ['1']]);
  });
});

describe('a look at the jobs', () => {
  it('tells jobs that have ended or are gone from attempts that the next one may follow', async () => {
    const execution = '00000000-0000-4000-8000-000000000000';
    const [done, stalled] = [`${execution}-1`, `${execution}-2`];
    await queue.addBulk([done, stalled, 'waits'].map((jobId) => ({ name: 'x', data: {}, opts: { jobId } })));
    await client.hset(`bull:execution:${done}`, 'finishedOn', 1);
    await client.hset(`bull:execution:${stalled}`, {
      finishedOn: 1,
      failedReason: 'job stalled more than allowable limit',
    });
    const { ended, givenUp } = await look([done, stalled, 'waits', 'gone', `${execution}-3`]);
    expect(ended).toEqual([done, 'gone']);
    expect(givenUp).toEqual([stalled, `${execution}-3`]);
    await queue.obliterate({ force: true });
  });

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
    const attempt = '0b9a3a3e-6a5f-4d0b-9f53-2f0e8d1c7a11-3';
    await fail(attempt, 'job stalled more than allowable limit');
    const found = await look([lost!.id!, waiting!.id!, 'never-was', attempt]);
    expect(found.stalledOut.toSorted()).toEqual([attempt, lost!.id].toSorted());
    expect(found.ended).toEqual([lost!.id, 'never-was']);
    expect(found.givenUp).toEqual([attempt]);
  });
});

describe('a parent of a flow that nothing will release', () => {
  const scope = { prefix: 'bull', queue: 'execution' };
  const parents = 'bull:execution:waiting-children';
  const child = async (id: string, ...fields: string[]) => {
    await client.hset(`bull:children:${id}`, 'name', 'x', ...fields);
    return `bull:children:${id}`;
  };
  const parent = async (id: string, since: number, ...children: string[]) => {
    await client.zadd(parents, since, id);
    if (children.length > 0) await client.sadd(`bull:execution:${id}:dependencies`, ...children);
  };
  const rounds = async (reader: OrphanedParentsReader, count: number) => {
    let last = await reader.read(client);
    for (let n = 1; n < count; n++) last = await reader.read(client);
    return last;
  };

  it('is found wherever it stands among many, and stays found', async () => {
    const alive = await child('alive');
    for (let n = 0; n < 150; n++) await parent(`parent-${n}`, n, alive);
    await parent('failed', 42.5, await child('failed', 'failedReason', 'x', 'finishedOn', '1'));
    await parent('retried', 42.6, await child('retried', 'failedReason', 'x'));
    await parent('gone', 111.5, alive, 'bull:children:gone');
    await parent('childless', 77.5);
    const reader = new OrphanedParentsReader(scope);
    expect(await reader.read(client)).toEqual({ ids: [], sample: true });
    const found = await rounds(reader, 7);
    expect(found.ids.toSorted()).toEqual(['childless', 'failed', 'gone']);
    expect(found.sample).toBe(true);
    expect((await reader.read(client)).ids.toSorted()).toEqual(['childless', 'failed', 'gone']);
  });

  it('is none any more when its child is retried, or it is removed', async () => {
    const reader = new OrphanedParentsReader(scope);
    await rounds(reader, 8);
    await client.hdel('bull:children:failed', 'failedReason', 'finishedOn');
    await client.zrem(parents, 'gone', 'childless');
    expect(await reader.read(client)).toEqual({ ids: [], sample: true });
    await client.del(parents);
    expect(await reader.read(client)).toEqual({ ids: [], sample: false });
  });

  it('stays found, though it has more children than are looked at each time', async () => {
    await client.del(parents);
    const siblings = await Promise.all(Array.from({ length: 60 }, (_, n) => child(`sibling-${n}`)));
    await parent('large', 1, ...siblings, 'bull:children:gone');
    const reader = new OrphanedParentsReader(scope);
    const found = async () => (await reader.read(client)).ids.includes('large');
    await eventually(found, { what: 'the child that is gone' });
    for (let look = 0; look < 10; look += 1) expect(await found()).toBe(true);
    await client.del(parents);
  });

  it('is looked at as a whole when there are few, with few children', async () => {
    await parent('one', 1, await child('fine'));
    expect(await new OrphanedParentsReader(scope).read(client)).toEqual({ ids: [], sample: false });
    await parent('one', 1, ...Array.from({ length: 30 }, (_, n) => `bull:children:${n}`));
    const found = await new OrphanedParentsReader(scope).read(client);
    expect(found).toEqual({ ids: ['one'], sample: true });
  });
});
