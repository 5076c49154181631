import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/index.js';
import {
  appServerOptions,
  databaseOptions,
  environmentOptions,
  executionsOptions,
  heartbeatOptions,
  queueOptions,
  workOptions,
} from '../../../src/options/index.js';

describe('what the database is told', () => {
  it('is its address', () => {
    const url = 'postgres://user:password@db.example:5432/probity';
    expect(databaseOptions(parseSettings({ DATABASE_URL: url })).url).toBe(url);
  });

  it('is why there is none, which says more than that when one was written', () => {
    expect(databaseOptions(parseSettings({}))).toEqual({
      url: undefined,
      whyNot: 'DATABASE_URL is not set; set it to postgres://user:password@host:port/database',
      tables: 'needed',
    });
    const { url, whyNot } = databaseOptions(parseSettings({ DATABASE_URL: 'mysql://db' }));
    expect(url).toBeUndefined();
    expect(whyNot).toMatch(/^DATABASE_URL must /);
  });
});

describe('what the queue is told', () => {
  it('is where it is, and the first of its names is the primary one', () => {
    const { redis, ...options } = queueOptions(
      parseSettings({ REDIS_URL: 'redis://redis:7000', QUEUE_NAMES: 'a,b', QUEUE_PREFIX: 'p' }),
    );
    expect(options).toEqual({
      driver: 'bullmq',
      names: ['a', 'b'],
      prefix: 'p',
      problems: [],
      reconciles: true,
    });
    expect(redis).toMatchObject({ host: 'redis', port: 7000 });
  });

  it('is no name that stands for what is found, and nothing is put into such queues', () => {
    const some = parseSettings({ REDIS_URL: 'redis://redis', QUEUE_NAMES: 'a,*' });
    expect(queueOptions(some).names).toEqual(['a']);
    expect(workOptions(some)).toEqual(queueOptions(some));
    const none = parseSettings({ REDIS_URL: 'redis://redis', QUEUE_NAMES: '*' });
    expect(queueOptions(none)).toMatchObject({ driver: 'bullmq', names: [] });
    expect(workOptions(none)).toMatchObject({
      driver: 'unusable',
      problems: [{ name: 'QUEUE_NAMES', message: expect.stringContaining('execution,*') }],
    });
    expect(queueOptions(parseSettings({ QUEUE_NAMES: 'a*' })).driver).toBe('unusable');
  });

  it('is what makes it unusable, and then there is no Redis', () => {
    const { driver, redis, problems } = queueOptions(parseSettings({ REDIS_URL: 'http://redis' }));
    expect({ driver, redis }).toEqual({ driver: 'unusable', redis: null });
    expect(problems.map(({ name }) => name)).toEqual(['REDIS_URL']);
  });
});

describe('what heartbeats are told', () => {
  it('is what the process has of them, and how long things may take', () => {
    const settings = { WORKER_HEARTBEAT_INTERVAL_MS: '100', QUEUE_MAX_WAIT_MS: '7', WORKERS_MIN: '0' };
    expect(heartbeatOptions(parseSettings(settings), { watch: true, publish: false })).toMatchObject({
      watch: true,
      publish: false,
      workerId: undefined,
      intervalMs: 100,
      timeoutMs: 30_000,
      maxWaitMs: 7,
      workersMin: 0,
    });
  });
});

describe('what the app-server is told', () => {
  it('is the Redis in which its workers meet, unless the queue is in none', () => {
    const redisWith = (driver: string) => appServerOptions(parseSettings({ QUEUE_DRIVER: driver })).redis;
    expect(redisWith('bullmq')).toMatchObject({ host: '127.0.0.1' });
    expect(redisWith('inmemory')).toBeNull();
  });

  it('is who may use its gateway, and for how long', () => {
    const settings = { API_TOKEN: 'a', WORKER_REQUEST_TIMEOUT_MS: '1000', APP_SERVER_MODEL: 'm' };
    expect(appServerOptions(parseSettings(settings)).gateway).toEqual({
      apiToken: 'a',
      production: true,
      maxConcurrency: 4,
      requestTimeoutMs: 1000,
      shutdownGraceMs: 5000,
      model: 'm',
      sandbox: 'read-only',
      logRequests: false,
    });
  });
});

describe('what executions are told', () => {
  it('is which hosts their requests may reach, which in production are public unless they are named', () => {
    const publicOnly = (NODE_ENV: string) => executionsOptions(parseSettings({ NODE_ENV })).publicOnly;
    expect({ production: publicOnly('production'), test: publicOnly('test') }).toEqual({
      production: true,
      test: false,
    });
    expect(executionsOptions(parseSettings({ HTTP_STEP_ALLOW_HOSTS: 'a, b' })).allowedHosts).toEqual([
      'a',
      'b',
    ]);
  });

  it('is how long they may wait, and how long one may run', () => {
    const settings = { QUEUE_MAX_WAIT_MS: '1', JOB_STUCK_AFTER_MS: '2', WORKER_CONCURRENCY: '3' };
    expect(executionsOptions(parseSettings(settings))).toMatchObject({
      maxWaitMs: 1,
      stuckAfterMs: 2,
      concurrency: 3,
    });
  });
});

describe('what the environment is told', () => {
  it('is that there are tokens, and never which', () => {
    const told = environmentOptions(
      parseSettings({ OPS_TOKEN: 'ops-token-of-mine', DECLARED_DEPENDENCIES: 'fleet' }),
    );
    expect(told).toMatchObject({ opsTokenSet: true, apiTokenSet: false, declared: ['fleet'] });
    expect(JSON.stringify(told)).not.toContain('ops-token-of-mine');
  });
});
