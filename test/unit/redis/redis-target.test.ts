import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { probityKey, queueKey } from '../../../src/modules/queue/keys.js';
import { describeTarget, redisOptions, redisTarget } from '../../../src/modules/redis/index.js';

const settings = (environment: Record<string, string>) => parseSettings(environment).settings;
const target = (environment: Record<string, string>) => redisTarget(settings(environment));

describe('which Redis the settings name', () => {
  it('reads everything from the URL, decoded', () => {
    expect(target({ REDIS_URL: 'rediss://us%40er:p%3Aw@redis.example:7000/3' })).toEqual({
      host: 'redis.example',
      port: 7000,
      db: 3,
      username: 'us@er',
      password: 'p:w',
      tls: true,
      family: 0,
      sentinel: undefined,
    });
  });

  it('lets the URL win over the single settings', () => {
    expect(
      target({ REDIS_URL: 'redis://one', QUEUE_REDIS_HOST: 'two', QUEUE_REDIS_PORT: '1' }),
    ).toMatchObject({
      host: 'one',
      port: 6379,
    });
  });

  it('reads the single settings', () => {
    const fields = {
      QUEUE_REDIS_HOST: 'h',
      QUEUE_REDIS_PORT: '1',
      QUEUE_REDIS_DB: '2',
      QUEUE_REDIS_TLS: 'true',
    };
    expect(target(fields)).toMatchObject({ host: 'h', port: 1, db: 2, tls: true });
  });

  it('asks the Sentinels when they and a name are set', () => {
    const sentinels = { QUEUE_REDIS_SENTINELS: 'a:1,b:2', QUEUE_REDIS_SENTINEL_NAME: 'main' };
    expect(redisOptions(target(sentinels), 'worker')).toMatchObject({
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      name: 'main',
    });
    expect(describeTarget(target(sentinels))).toBe('sentinel main');
    expect(target({ QUEUE_REDIS_SENTINELS: 'a:1' })).toBeNull();
  });

  it('is described without credentials', () => {
    expect(describeTarget(target({ REDIS_URL: 'redis://u:secret@[::1]:7000/3' }))).toBe('[::1]:7000');
  });

  it('names the host to TLS, and no address', () => {
    expect(redisOptions(target({ REDIS_URL: 'rediss://redis.example' }), 'client').tls).toEqual({
      servername: 'redis.example',
    });
    expect(redisOptions(target({ REDIS_URL: 'rediss://10.0.0.1' }), 'client').tls).toEqual({});
  });
});

describe('how a connection behaves', () => {
  it('buffers nothing unless it belongs to a worker', () => {
    for (const role of ['watch', 'client'] as const) {
      expect(redisOptions(target({}), role)).toMatchObject({
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
      });
    }
    expect(redisOptions(target({}), 'worker')).toMatchObject({ maxRetriesPerRequest: null });
  });

  it('comes back within a second, and a probe not by itself', () => {
    for (const role of ['client', 'worker'] as const) {
      const retry = redisOptions(target({}), role).retryStrategy;
      for (const attempt of [1, 2, 5, 20, 1000]) expect(retry?.(attempt)).toBeLessThanOrEqual(1000);
    }
    expect(redisOptions(target({}), 'watch').retryStrategy?.(1)).toBeNull();
  });
});

describe('names of keys', () => {
  it('stay under the prefix of the queue', () => {
    expect(queueKey({ prefix: 'bull' }, 'execution', 'wait')).toBe('bull:execution:wait');
    expect(probityKey(settings({ QUEUE_PREFIX: 'p' }), 'q', 'worker', '1')).toBe('p:q:probity:worker:1');
  });
});
