import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { parseSettings } from '../../../src/modules/config/index.js';
import { connectWatch, createRedis, type RedisRole } from '../../../src/modules/redis/index.js';
import { redisTarget } from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { Sentinels } from '../../fixtures/sentinel.js';

const never = new AbortController().signal;
const DEADLINE_MS = 5000;
let sentinels: Sentinels;

beforeAll(async () => {
  sentinels = await Sentinels.start();
});

const target = (password?: string | null) => {
  const env = sentinels.env(password ?? undefined);
  if (password === null) delete env['QUEUE_REDIS_SENTINEL_PASSWORD'];
  const parsed = parseSettings(env);
  expect(parsed.problems.filter(({ name }) => name.startsWith('QUEUE_REDIS'))).toEqual([]);
  return redisTarget(parsed.settings);
};

function connection(role: RedisRole): Redis {
  const redis = createRedis(target(), role);
  redis.on('error', () => undefined);
  atEnd(() => redis.disconnect());
  return redis;
}

/** Which of the two a connection leads to. */
async function portOf(redis: Redis): Promise<number> {
  const [, port] = await redis.config('GET', 'port');
  return Number(port);
}

describe('a Redis that Sentinels with a password name', () => {
  it('is connected to, for each kind of work', async () => {
    const watch = await connectWatch(target(), 'test', DEADLINE_MS, never);
    expect(watch.kind).toBe('connected');
    if (watch.kind === 'connected') {
      expect(await portOf(watch.redis)).toBe(sentinels.primary.port);
      watch.redis.disconnect();
    }
    const worker = connection('worker');
    await worker.set('a', '1');
    expect(await portOf(worker)).toBe(sentinels.primary.port);
  });

  it.each([
    ['another password', 'not-the-password'],
    ['no password', null],
  ])('is not reached with %s for the Sentinels, and that is said', async (_what, password) => {
    const watch = await connectWatch(target(password), 'test', DEADLINE_MS, never);
    expect(watch).toMatchObject({ kind: 'failed', failure: { code: 'redis.credentials_rejected' } });
  });

  it('is followed in a failover: what waits goes on waiting there, what asks is answered there', async () => {
    const [client, worker] = [connection('client'), connection('worker')];
    await eventually(() => client.status === 'ready' && worker.status === 'ready');
    const popped = worker.blpop('list', 0);
    await sentinels.failOver();
    const { port } = sentinels.replica;
    await eventually(
      async () => (await client.set('b', '2').catch(() => null)) === 'OK' && (await portOf(client)) === port,
      {
        timeoutMs: 15_000,
        what: 'a write to the new primary',
      },
    );
    await client.rpush('list', 'x');
    expect(await popped).toEqual(['list', 'x']);
    expect(await portOf(worker)).toBe(port);
    expect(await client.get('a')).toBe('1');
  });
});
