import { describe, expect, it } from '@jest/globals';
import { probityKey, queueKey } from '../../../src/modules/queue/keys.js';
import { describeTarget, redisOptions, type RedisTarget } from '../../../src/modules/redis/index.js';

const local: RedisTarget = {
  host: '127.0.0.1',
  port: 6379,
  db: 0,
  username: undefined,
  password: undefined,
  tls: false,
  family: 0,
  sentinel: undefined,
};
const nodes = [
  { host: 'a', port: 1 },
  { host: 'b', port: 2 },
];
const bySentinel: RedisTarget = {
  ...local,
  sentinel: { name: 'main', nodes, username: undefined, password: undefined },
};

describe('a Redis', () => {
  it('is asked of the Sentinels that know it', () => {
    const { sentinels, name, host } = redisOptions(bySentinel, 'worker');
    expect({ sentinels, name, host }).toEqual({ sentinels: nodes, name: 'main', host: undefined });
    expect(describeTarget(bySentinel)).toBe('sentinel main');
  });

  it('is described without credentials', () => {
    const target = { ...local, host: '::1', port: 7000, db: 3, username: 'u', password: 'secret' };
    expect(describeTarget(target)).toBe('[::1]:7000');
  });

  it('names the host to TLS, and no address', () => {
    const tlsTo = (host: string) => redisOptions({ ...local, tls: true, host }, 'client').tls;
    expect(tlsTo('redis.example')).toEqual({ servername: 'redis.example' });
    expect(tlsTo('10.0.0.1')).toEqual({});
  });
});

describe('how a connection behaves', () => {
  it('buffers nothing unless it belongs to a worker', () => {
    for (const role of ['watch', 'client'] as const) {
      expect(redisOptions(local, role)).toMatchObject({
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
      });
    }
    expect(redisOptions(local, 'worker')).toMatchObject({ maxRetriesPerRequest: null });
  });

  it('comes back within a second, and a probe not by itself', () => {
    for (const role of ['client', 'worker'] as const) {
      const retry = redisOptions(local, role).retryStrategy;
      for (const attempt of [1, 2, 5, 20, 1000]) expect(retry?.(attempt)).toBeLessThanOrEqual(1000);
    }
    expect(redisOptions(local, 'watch').retryStrategy?.(1)).toBeNull();
  });
});

describe('names of keys', () => {
  it('stay under the prefix of the queue', () => {
    expect(queueKey({ prefix: 'bull' }, 'execution', 'wait')).toBe('bull:execution:wait');
    expect(probityKey({ prefix: 'p' }, 'q', 'worker', '1')).toBe('p:q:probity:worker:1');
  });
});
