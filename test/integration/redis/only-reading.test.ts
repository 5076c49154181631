import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { onlyReading, PresenceReader, type Reading } from '../../../src/modules/redis/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { monitor } from '../../fixtures/monitor.js';
import { RedisServer } from '../../fixtures/redis.js';

let server: RedisServer;
let redis: Redis;
let reading: Reading;

const onlooker = (options: Parameters<RedisServer['client']>[0] = {}) => {
  const client = server.client({ enableReadyCheck: false, disableClientInfo: true, ...options });
  return { client, reading: onlyReading(client) };
};

beforeAll(async () => {
  server = await RedisServer.start();
  ({ client: redis, reading } = onlooker());
  await redis.ping();
});

describe('a connection that only reads', () => {
  it.each([
    ['SET', 'a', '1'],
    ['EVAL', 'return 1', '0'],
    ['EVALSHA', 'x', '0'],
    ['CONFIG', 'SET', 'maxmemory', '1'],
    ['CLIENT', 'KILL', 'ID', '1'],
    ['FLUSHALL'],
    ['GETDEL', 'a'],
    ['SUBSCRIBE', 'a'],
    ['KEYS', '*'],
  ])('sends no %s', async (command, ...args) => {
    const seen: string[] = [];
    await monitor(server.port, ({ command: each }) => void seen.push(each));
    const { sent } = reading;
    await expect(redis.call(command, ...args)).rejects.toThrow('NOPERM');
    await redis.ping();
    await eventually(() => seen.includes('ping'));
    expect(seen).not.toContain(command.toLowerCase());
    expect(reading.sent - sent).toBe(1);
    expect(reading.withheld).toEqual([]);
  });

  it('sends the rest of a pipeline, in its order', async () => {
    await server.command('SET', 'a', 'text');
    const replies = await redis.pipeline().get('a').set('a', 'other').strlen('a').del('a').exec();
    expect(replies?.map(([error, reply]) => error?.message.split(' ')[0] ?? reply)).toEqual([
      'text',
      'NOPERM',
      4,
      'NOPERM',
    ]);
    const none = await redis.pipeline().set('a', 'x').exec();
    expect(none?.[0]?.[0]?.message).toContain('NOPERM');
    expect(await redis.get('a')).toBe('text');
  });

  it('tells which commands Redis withholds, by an ACL or because it does not know them', async () => {
    await server.command('ACL', 'SETUSER', 'onlooker', 'on', '>pw', '~a', '+@read', '-get');
    const { client, reading: of } = onlooker({
      username: 'onlooker',
      password: 'pw',
      disableClientInfo: true,
    });
    await Promise.allSettled([
      client.get('a'),
      client.config('GET', 'save'),
      client.info(),
      client.call('CLIENT', 'LIST'),
      // A key that it may not see is no command that it may not send.
      client.llen('b'),
    ]);
    expect(of.withheld).toEqual(['CLIENT LIST', 'CONFIG GET', 'GET', 'INFO']);
  });

  it('reads who is there by the clock of this machine, where Redis tells no time', async () => {
    await server.command('ACL', 'SETUSER', 'timeless', 'on', '>pw', '~*', '+@all', '-time', '-@scripting');
    const { client, reading: of } = onlooker({ username: 'timeless', password: 'pw' });
    const keys = { index: 'p:here', of: (id: string) => `p:one:${id}` };
    await server.command('ZADD', 'p:here', 1, 'w');
    await server.command('SET', 'p:one:w', 'text');
    const reader = new PresenceReader(keys, { ids: 3, idLength: 10, textLength: 8, idsEveryMs: 0 });
    for (const mono of [0, 1]) {
      const { now, seen } = await reader.read(client, mono);
      expect(Math.abs(now - Date.now())).toBeLessThan(5000);
      expect(seen).toEqual([{ id: 'w', at: 1, text: 'text' }]);
    }
    expect(of.withheld).toEqual(['TIME']);
  });
});
