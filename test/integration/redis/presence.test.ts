import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PRESENCE_LUA } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { PresenceReader } from '../../../src/modules/redis/index.js';
import { RedisServer } from '../../fixtures/redis.js';

const INDEX = 'p:here';
const KEEP_MS = 60_000;
const keys = { index: INDEX, of: (id: string) => `p:one:${id}` };
const bounds = { ids: 3, idLength: 10, textLength: 8, idsEveryMs: 1000 };

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = server.client();
});
beforeEach(() => redis.flushall());

const note = (id: string, by = redis) =>
  by.eval(
    `${PRESENCE_LUA} return string.format('%.0f', present(KEYS[1], ARGV[1], ARGV[2]))`,
    1,
    INDEX,
    id,
    KEEP_MS,
  );
const serverNow = async () => {
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return seconds * 1000 + micros / 1000;
};

describe('who notes that it is there', () => {
  it('is listed by the time of Redis, for as long as anybody wants to know', async () => {
    const before = await serverNow();
    const at = Number(await note('a'));
    expect(at).toBeGreaterThanOrEqual(Math.floor(before));
    expect(at).toBeLessThanOrEqual(await serverNow());
    expect(await redis.zscore(INDEX, 'a')).toBe(String(at));
    expect(await redis.pttl(INDEX)).toBeGreaterThan(KEEP_MS / 2);
  });

  it('puts away whom nobody has seen for so long, and whoever says that it is of a time to come', async () => {
    const now = await serverNow();
    await redis.zadd(INDEX, String(now - KEEP_MS - 1000), 'old');
    await redis.zadd(INDEX, String(now + KEEP_MS + 5000), 'future');
    await redis.zadd(INDEX, String(now - KEEP_MS / 2), 'recent');
    await note('a');
    expect(await redis.zrange(INDEX, '0', '-1')).toEqual(['recent', 'a']);
  });

  it('needs no permission for TIME', async () => {
    await redis.call('ACL', 'SETUSER', 'noclock', 'on', '>pw', '~*', '+@all', '-time');
    const held = server.client({ username: 'noclock', password: 'pw' });
    const at = Number(await note('a', held));
    expect(Math.abs(at - (await serverNow()))).toBeLessThan(60_000);
    expect(await redis.exists(`${INDEX}:clock`)).toBe(0);
    const { now, seen } = await new PresenceReader(keys, bounds).read(held, 0);
    expect(seen).toEqual([{ id: 'a', at, text: '' }]);
    expect(now).toBeGreaterThanOrEqual(at);
  });
});

describe('who reads who is there', () => {
  it('gets each text with its time, and of one whose text has expired an empty one', async () => {
    const a = Number(await note('a'));
    const b = Number(await note('b'));
    await redis.set(keys.of('a'), 'hello');
    const { now, seen, beyond } = await new PresenceReader(keys, bounds).read(redis, 0);
    expect(now).toBeGreaterThanOrEqual(b);
    expect(beyond).toBe(0);
    expect([...seen].sort((x, y) => x.id.localeCompare(y.id))).toEqual([
      { id: 'a', at: a, text: 'hello' },
      { id: 'b', at: b, text: '' },
    ]);
  });

  it('reads no more ids, and of no text more, than its bounds say, and counts the rest', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'far-too-long-an-id']) await note(id);
    await redis.set(keys.of('d'), 'x'.repeat(1_000_000));
    const { seen, beyond } = await new PresenceReader(keys, bounds).read(redis, 0);
    expect(seen.map(({ id }) => id).sort()).toEqual(['c', 'd']);
    expect(seen.find(({ id }) => id === 'd')?.text).toBe('x'.repeat(bounds.textLength + 1));
    expect(beyond).toBe(3);
  });

  it('says of what is no text that it cannot be read, and of the others what they say', async () => {
    await note('a');
    await note('b');
    await redis.lpush(keys.of('a'), 'a list');
    await redis.set(keys.of('b'), 'hello');
    const { seen } = await new PresenceReader(keys, bounds).read(redis, 0);
    expect(Object.fromEntries(seen.map(({ id, text }) => [id, text]))).toEqual({ a: null, b: 'hello' });
  });

  it('reads the list every so often, the texts every time, and whom it is asked for besides', async () => {
    const reader = new PresenceReader(keys, bounds);
    await note('a');
    await reader.read(redis, 0);
    await note('b');
    await redis.set(keys.of('a'), 'changed');
    await redis.set(keys.of('c'), 'asked');
    const early = await reader.read(redis, 999, ['c', 'a']);
    expect(early.seen.map(({ id, text }) => [id, text])).toEqual([
      ['a', 'changed'],
      ['c', 'asked'],
    ]);
    expect(early.seen[1]?.at).toBeNull();
    const { seen } = await reader.read(redis, 1000);
    expect(seen.map(({ id }) => id).sort()).toEqual(['a', 'b']);
  });

  it('writes nothing', async () => {
    await note('a');
    await redis.config('RESETSTAT');
    await new PresenceReader(keys, bounds).read(redis, 0);
    const stats = await redis.info('commandstats');
    const asked = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, name]) => name).sort();
    expect(asked).toEqual(['config|resetstat', 'getrange', 'time', 'zcard', 'zrevrange']);
  });

  it('fails as Redis does', async () => {
    await redis.set(INDEX, 'not a set');
    await expect(new PresenceReader(keys, bounds).read(redis, 0)).rejects.toThrow(/WRONGTYPE/);
  });
});
