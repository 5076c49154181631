import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { createRedis, redisFailure, redisOptions } from '../../../src/modules/redis/index.js';
import { redisTarget } from '../../../src/options/index.js';

const read = (environment: Record<string, string>) => {
  const { settings, problems, queueProblems } = parseSettings({
    AUTH_SECRET: 'k3yboard-cat-4711',
    ...environment,
  });
  return { settings, problems, queueProblems, target: redisTarget(settings) };
};

describe('a setting of the queue that is there and cannot be used', () => {
  it.each([
    ['REDIS_URL', 'valkey ://x', 'blanks'],
    ['REDIS_URL', 'http://h', 'redis://'],
    ['REDIS_URL', 'h:6379', 'redis://'],
    ['REDIS_URL', '"redis://h"', 'quotes'],
    ['REDIS_URL', "'redis://h'", 'quotes'],
    ['REDIS_URL', 'redis://user:12/ss@h', '%2F'],
    ['REDIS_URL', 'redis://user:12#ss@h', '%23'],
    ['REDIS_URL', 'redis://user:12?ss@h', '%3F'],
    ['REDIS_URL', 'redis://user:12@ss@h', '%40'],
    ['REDIS_URL', 'redis://h/0?password=pass1234', 'before the host'],
    ['REDIS_URL', 'redis://h/zero', 'number'],
    ['REDIS_URL', 'redis://h/1?db=2', 'one database'],
    ['REDIS_URL', 'redis://h?tls=true', 'parameters'],
    ['REDIS_URL', 'redis:///0', 'host'],
    ['REDIS_URL', 'redis://:6379', ''],
    ['REDIS_URL', 'redis://h:99999', 'redis://'],
    ['REDIS_URL', 'redis://::1:6379', ''],
    ['REDIS_URL', 'redis://h1,h2', 'one host'],
    ['QUEUE_REDIS_HOST', 'redis://h', 'host name'],
    ['QUEUE_REDIS_HOST', 'h:6379', 'host name'],
    ['QUEUE_REDIS_HOST', '"h"', 'quotes'],
    ['QUEUE_REDIS_PORT', 'tcp://10.0.0.1:6379', 'whole number'],
    ['QUEUE_REDIS_DB', 'one', 'whole number'],
    ['QUEUE_REDIS_TLS', 'maybe', 'true or false'],
    ['QUEUE_REDIS_SENTINELS', 'no-port', 'host:port'],
    ['QUEUE_REDIS_SENTINELS', 'a:1,b', 'host:port'],
    ['QUEUE_REDIS_SENTINELS', '::1:26379', 'brackets'],
    ['QUEUE_REDIS_SENTINELS', ',', 'host:port'],
    ['QUEUE_REDIS_SENTINELS', 'a:1', 'QUEUE_REDIS_SENTINEL_NAME'],
    ['QUEUE_REDIS_SENTINEL_NAME', 'main', 'QUEUE_REDIS_SENTINELS'],
    ['QUEUE_REDIS_CLUSTER', 'a:1', 'Cluster'],
    ['QUEUE_DRIVER', 'kafka', 'bullmq'],
    ['QUEUE_PREFIX', '"bull"', 'quotes'],
    ['QUEUE_PREFIX', 'a b', 'blanks'],
    ['QUEUE_NAMES', 'a b', 'names'],
    ['QUEUE_NAMES', ',', ''],
  ])('%s=%s means no queue, told with its mend and without its value', (name, value, mend) => {
    const { settings, queueProblems, target } = read({ [name]: value });
    expect(settings.QUEUE_DRIVER).toBe('unusable');
    expect(target).toBeNull();
    const told = queueProblems.map(({ message }) => message).join('\n');
    expect(told).toContain(name);
    expect(told).toContain(mend);
    for (const secret of ['12/ss', '12#ss', '12?ss', '12@ss', 'pass1234', 'no-port'])
      expect(told).not.toContain(secret);
  });

  it('does no harm where REDIS_URL overrides it, or where the queue is in memory', () => {
    const port = { QUEUE_REDIS_PORT: 'tcp://10.0.0.1:6379' };
    expect(read({ REDIS_URL: 'redis://h', ...port }).target).toMatchObject({ host: 'h' });
    expect(read({ QUEUE_DRIVER: 'inmemory', ...port }).settings.QUEUE_DRIVER).toBe('inmemory');
    expect(read({ REDIS_URL: 'redis//h', QUEUE_REDIS_HOST: 'h' }).target).toBeNull();
  });

  it('gives nobody a connection', async () => {
    const { settings } = read({ REDIS_URL: 'redis://user:12/ss@h' });
    for (const role of ['watch', 'client', 'worker'] as const) {
      expect(redisOptions(redisTarget(settings), role)).not.toHaveProperty('host');
    }
    const redis = createRedis(redisTarget(settings), 'watch');
    expect(redisFailure(await redis.connect().catch((error: unknown) => error)).code).toBe(
      'queue.not_configured',
    );
  });

  it('a .env that cannot be read may have named the queue, unless the environment does', () => {
    const parse = (environment: Record<string, string>, problem: string) =>
      parseSettings(environment, problem).settings.QUEUE_DRIVER;
    expect(parse({}, '.env is a directory')).toBe('unusable');
    expect(parse({ REDIS_URL: 'redis://h' }, '.env is a directory')).toBe('bullmq');
    expect(parse({ REDIS_URL: 'redis://h' }, '.env is malformed: line 1 (a setting of the queue)')).toBe(
      'unusable',
    );
  });
});

describe('what is understood', () => {
  it.each([
    ['valkey://h', { host: 'h', port: 6379, tls: false }],
    ['valkeys://u:p@h:7000/3', { host: 'h', port: 7000, tls: true, db: 3, username: 'u', password: 'p' }],
    ['redis://:p%2Fw%23%3F%40@h', { host: 'h', password: 'p/w#?@' }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['redis://h?family=6', { host: 'h', family: 6 }],
    ['  redis://h?db=2\r', { host: 'h', db: 2 }],
  ])('REDIS_URL=%s', (url, target) => {
    expect(read({ REDIS_URL: url })).toMatchObject({ problems: [], target });
  });

  it.each(['::1', '[::1]', ' [::1]\r'])('QUEUE_REDIS_HOST=%s', (host) => {
    expect(read({ QUEUE_REDIS_HOST: host }).target).toMatchObject({ host: '::1' });
  });

  it('Sentinels with a password of their own, and in brackets', () => {
    const { problems, settings } = read({
      QUEUE_REDIS_SENTINELS: '[::1]:26379, s2:26380',
      QUEUE_REDIS_SENTINEL_NAME: 'main',
      QUEUE_REDIS_SENTINEL_USERNAME: 'watcher',
      QUEUE_REDIS_SENTINEL_PASSWORD: 'of-the-sentinels',
    });
    expect(problems).toEqual([]);
    expect(redisOptions(redisTarget(settings), 'client')).toMatchObject({
      sentinels: [
        { host: '::1', port: 26_379 },
        { host: 's2', port: 26_380 },
      ],
      sentinelUsername: 'watcher',
      sentinelPassword: 'of-the-sentinels',
    });
  });

  it('every kind of setting from a file of Windows', () => {
    const { problems, settings } = read({
      '\uFEFFREDIS_URL': 'redis://h\r',
      QUEUE_DRIVER: 'BullMQ\r',
      QUEUE_PREFIX: 'app\r',
      QUEUE_NAMES: 'a, b\r',
      QUEUE_REDIS_TLS: 'TRUE\r',
      LOG_LEVEL: 'INFO\r',
      PORT: '5001\r',
      APP_SERVER_SANDBOX: 'read-only\r',
    });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      REDIS_URL: 'redis://h',
      QUEUE_DRIVER: 'bullmq',
      QUEUE_PREFIX: 'app',
      QUEUE_NAMES: ['a', 'b'],
      QUEUE_REDIS_TLS: true,
      LOG_LEVEL: 'info',
      PORT: 5001,
    });
  });
});
