import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '#devkit';
import { provideBullmq4 } from '../../fixtures/bullmq4.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import { QueueLooks } from '../../fixtures/queue-look.js';
import { RedisServer } from '../../fixtures/redis.js';

const HERE = join('test', 'integration', 'engines', 'some-bullmq.mjs');

/** The folder where it is found, and its name there. */
const VERSIONS = {
  'BullMQ 4': async () => ({ BULLMQ_IN: join(await provideBullmq4(), 'index.js'), BULLMQ: 'bullmq' }),
  'BullMQ 5': async () => ({ BULLMQ_IN: join(ROOT, 'index.js'), BULLMQ: 'bullmq5' }),
  'BullMQ 6': async () => ({
    BULLMQ_IN: join(ROOT, 'index.js'),
    BULLMQ: 'bullmq',
    BULLMQ_KNOWS: 'schedulers',
  }),
};

describe.each(Object.entries(VERSIONS))('a queue of %s', (_version, where) => {
  it('is read as what it is, also when it is paused', async () => {
    const redis = await RedisServer.start();
    const env = { ...(await where()), REDIS_PORT: String(redis.port), QUEUE: 'some' };
    const child = await TestProcess.start(HERE, { env });
    await child.waitForLine('set up');
    const client = redis.client();
    const look = async () =>
      (await new QueueLooks({ prefix: 'bull', queue: 'some' }).read(client, performance.now())).slow;

    const busy = await look();
    // The run of what repeats waits already with BullMQ 6.
    expect(busy.counts.waiting).toBe(busy.waiting.ids.length - 1);
    expect(busy.counts).toMatchObject({
      prioritized: 1,
      active: 1,
      failed: 2,
      completed: 2,
      paused: false,
    });
    expect(busy.heads).toEqual(['first', 'urgent']);
    expect(busy.waiting.ids).toEqual(expect.arrayContaining(['first', 'second', 'third', 'urgent']));
    expect(busy.activeIds).toEqual(['hanging']);
    expect(busy.connectedWorkers).toBe(1);
    expect(busy.stalledCheckLeftMs).toBeGreaterThan(0);
    expect(busy.stalledOut).toEqual([]);
    // Its child waits in another queue.
    expect(busy.orphanedParents).toEqual({ ids: [], sample: false });

    // A run that is due and waits for its turn is no run that is lost.
    const overdue = await eventually(
      async () => {
        const seen = await look();
        return (seen.overdueSince !== null || seen.counts.waiting === 4) && seen;
      },
      { timeoutMs: 10_000, what: 'the run that is due' },
    );
    expect(overdue.deadSchedulers).toEqual([]);
    const [run = ''] = await client.keys('bull:some:repeat:*:*');
    await client.del(run);
    const lost = await eventually(
      async () => {
        const seen = await look();
        return seen.deadSchedulers.length > 0 && seen;
      },
      { timeoutMs: 10_000, what: 'the run that is lost' },
    );
    expect(lost.deadSchedulers).toHaveLength(1);

    child.signal('SIGUSR2');
    await child.waitForLine('paused');
    const paused = await look();
    expect(paused.counts).toMatchObject({ prioritized: 1, active: 1, paused: true });
    expect(paused.counts.waiting).toBeGreaterThanOrEqual(3);
    expect(paused.waiting.ids).toEqual(expect.arrayContaining(['first', 'second', 'third']));
    expect(paused.heads).toEqual(expect.arrayContaining(['first']));
    await child.kill();
    await eventually(async () => (await look()).connectedWorkers === 0);
  });
});
