import { describe, expect, it } from '@jest/globals';
import { ManagedRedis } from '../../fixtures/managed/managed-redis.js';
import { PROVIDERS } from '../../fixtures/managed/providers.js';
import { RedisServer } from '../../fixtures/redis.js';

describe('a Redis as a managed service shows it', () => {
  it('refuses in the words of its provider, in the order of the questions, and lets all else through', async () => {
    const redis = await RedisServer.start();
    const managed = await ManagedRedis.start(redis, PROVIDERS.ElastiCache);
    const client = redis.client({ port: managed.port });
    const large = 'é'.repeat(200_000);
    const replies = await client.pipeline().set('a', large).config('GET', 'save').get('a').exec();
    expect(replies?.map(([error, reply]) => error?.message ?? reply)).toEqual([
      'OK',
      'ERR unknown command `config`, with args beginning with: `GET`, `save`, ',
      large,
    ]);
    expect([...managed.refused]).toEqual(['config get']);
    expect(await client.client('LIST')).toContain('addr=');
  });

  it('refuses a subcommand alone, and shows a part of INFO', async () => {
    const redis = await RedisServer.start();
    const serverless = await ManagedRedis.start(redis, PROVIDERS['ElastiCache Serverless']);
    const one = redis.client({ port: serverless.port });
    await expect(one.client('LIST')).rejects.toThrow("ERR unknown subcommand 'LIST'. Try CLIENT HELP.");
    expect(await one.client('SETNAME', 'mine')).toBe('OK');
    const upstash = await ManagedRedis.start(redis, PROVIDERS.Upstash);
    const info = await redis.client({ port: upstash.port }).info();
    expect(info).toMatch(/^redis_version:7/m);
    expect(info).not.toContain('aof_enabled');
  });
});
