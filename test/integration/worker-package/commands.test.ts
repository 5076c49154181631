import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { eventually } from '../../fixtures/eventually.js';
import { monitor } from '../../fixtures/monitor.js';
import { RedisServer } from '../../fixtures/redis.js';
import { anyQueue, anyWorker, instrumented, newQueue, VERSIONS, type AnyQueue } from './any-worker.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});

/** What one connection sends, each list from one heartbeat to before the next; commands of scripts count. */
async function beatsOf(reader: Redis, name: string): Promise<string[][]> {
  const clients = String(await reader.client('LIST')).split('\n');
  const addr = / addr=(\S+)/.exec(clients.find((line) => line.includes(` name=${name} `)) ?? '')?.[1];
  if (addr === undefined) throw new Error(`no connection is called ${name}`);
  const beats: string[][] = [];
  // A script's own commands come from `lua`, and nobody else here has one of them.
  await monitor(redis.port, ({ source, command }) => {
    if (source !== addr) return;
    if (command === 'set') beats.push([]);
    beats.at(-1)?.push(command);
  });
  return beats;
}

describe.each(VERSIONS)('a heartbeat of a worker of BullMQ %s', (version) => {
  const connection = () => ({ host: redis.host, port: redis.port });
  const never = () => new Promise<never>(() => undefined);
  const atOnce = async () => undefined;
  const limiter = { max: 1, duration: 3_600_000 };

  it.each<[string, () => Promise<void>, (jobs: AnyQueue) => Promise<unknown>, object]>([
    ['with nothing to do', atOnce, async () => undefined, {}],
    ['whose slot is taken', never, (jobs) => jobs.add('long', {}), {}],
    ['whose queue is paused', atOnce, (jobs) => jobs.pause().then(() => jobs.add('waits', {})), {}],
    [
      'whose rate limit is reached',
      atOnce,
      (jobs) => jobs.add('one', {}).then(() => jobs.add('waits', {})),
      { limiter },
    ],
    [
      'whose queue has every limit',
      never,
      (jobs) =>
        jobs
          .setGlobalConcurrency(1)
          .then(() => jobs.add('one', {}))
          .then(() => jobs.add('waits', {})),
      { concurrency: 3, limiter: { max: 100, duration: 3_600_000 } },
    ],
  ])('is four commands at most: %s', async (_, process, given, options) => {
    const queue = newQueue();
    const workerId = `of-${version}-${queue}`;
    const worker = anyWorker(version, queue, process, { connection: connection(), ...options });
    const jobs = anyQueue(version, queue, { connection: connection() });
    instrumented(worker, { workerId, intervalMs: 50 });
    await given(jobs);
    const beats = await eventually(() => beatsOf(redis.client(), `probity:heartbeat:${workerId}`));
    await eventually(() => beats.length > 40, { timeoutMs: 20_000, what: 'forty heartbeats' });
    const most = Math.max(...beats.slice(0, -1).map((each) => each.length));
    expect(most).toBeLessThanOrEqual(4);
    expect(new Set(beats.flat())).not.toContain('eval');
  });
});
