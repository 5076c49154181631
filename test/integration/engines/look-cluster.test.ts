import { describe, expect, it } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import { atEnd } from '../../fixtures/cleanup.js';
import { RedisCluster } from '../../fixtures/cluster.js';
import { monitor } from '../../fixtures/monitor.js';
import { page } from '../../fixtures/page.js';
import { probity } from '../cli/command.js';

/** One for each node. */
const PREFIXES = ['{b}', '{c}', '{d}'];

describe('a look at a Cluster', () => {
  it('by any of its nodes sees the queues of all, tells of the node that is worst off, and only reads', async () => {
    const cluster = await RedisCluster.start();
    const [first, , third] = cluster.nodes;
    if (first === undefined || third === undefined) throw new Error('there are three');
    await third.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    for (const prefix of PREFIXES) {
      const connection = cluster.client({ maxRetriesPerRequest: null });
      const queue = new Queue('mail', { connection, prefix, skipVersionCheck: true });
      queue.on('error', () => undefined);
      atEnd(() => queue.close());
      await queue.addBulk(['a', 'b'].map((name) => ({ name, data: {} })));
      await queue.pause();
    }
    const idle = new Worker('mail', async () => undefined, {
      connection: cluster.client({ maxRetriesPerRequest: null }),
      prefix: '{c}',
      skipVersionCheck: true,
    });
    idle.on('error', () => undefined);
    atEnd(() => idle.close(true));
    await idle.waitUntilReady();

    const quiet = await probity(['look', '--for', '2s', '--json', '--prefix', '{d}', first.url]);
    expect(JSON.parse(quiet.stdout).queues).toMatchObject([
      { prefix: '{d}', name: 'mail', waiting: 2, workers: 0 },
    ]);

    await idle.close(true);
    // The onlooker of docs/redis.md, with what it says of a Cluster.
    const [line = ''] = /^ACL SETUSER onlooker .*$/m.exec(page('docs/redis.md')) ?? [];
    const [acl = '', ...rule] = line
      .replace('~bull:*', PREFIXES.map((each) => `~${each}:*`).join(' '))
      .split(' ');
    for (const node of cluster.nodes) await node.command(acl, ...rule, '+cluster|slots');
    const asked = await probity(['look', '--for', '2s', '--json'], {
      env: { REDIS_URL: first.url.replace('redis://', 'redis://onlooker:password@') },
    });
    expect(JSON.parse(asked.stdout)).toMatchObject({ notSeen: [], queues: [{}, {}, {}] });

    const seen = new Set<string>();
    for (const node of cluster.nodes) await monitor(node.port, ({ command }) => void seen.add(command));
    const { code, stdout } = await probity(['look', '--for', '2s', '--json', first.url]);
    const told = JSON.parse(stdout);
    expect({ code, found: told.queues.map((each: { prefix: string }) => each.prefix).toSorted() }).toEqual({
      code: 2,
      found: PREFIXES,
    });
    for (const each of told.queues) expect(each).toMatchObject({ code: 'queue.paused', waiting: 2 });
    expect(told.redis).toMatchObject({
      code: 'redis.eviction_policy',
      address: `redis://127.0.0.1:${third.port}/0`,
      ofCluster: 3,
    });
    expect(told.notSeen).toEqual([]);
    expect(seen).toContain('scan');
    const commands = (await first.command('COMMAND', 'INFO', ...seen)) as (
      [string, number, string[]] | null
    )[];
    const writes = commands.filter((each) => each?.[2].some((flag) => flag === 'write'));
    expect(writes.map((each) => each?.[0])).toEqual([]);
    expect([...seen].filter((each) => /^(eval|fcall|script|publish)/.test(each))).toEqual([]);
  });
});
