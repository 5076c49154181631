import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { redisTarget } from '../../../src/options/index.js';

const target = (environment: Record<string, string>) => redisTarget(parseSettings(environment).settings);

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
    expect(target(sentinels)?.sentinel).toEqual({
      name: 'main',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      username: undefined,
      password: undefined,
    });
    expect(target({ QUEUE_REDIS_SENTINELS: 'a:1' })).toBeNull();
  });
});
