import { describe, expect, it } from '@jest/globals';
import type { ProbityOptions } from '../../../src/index.js';
import { ProbityOptionsError } from '../../../src/nest/probity.options.js';
import { readOptions } from '../../../src/nest/read-options.js';

const REDIS = 'redis://127.0.0.1:6379/2';
const given: ProbityOptions = { redis: REDIS, queues: ['mail', 'images'] };
const read = (options: Partial<ProbityOptions> = {}, environment: Record<string, string> = {}) =>
  readOptions({ ...given, ...options }, environment);

describe('what the options come to', () => {
  it('is what was named, and nothing besides', () => {
    const plan = read();
    expect(plan.queues).toMatchObject({ driver: 'bullmq', names: ['mail', 'images'], prefix: 'bull' });
    expect(plan.queues.redis).toMatchObject({ host: '127.0.0.1', port: 6379, db: 2 });
    expect(plan.database).toBeNull();
    expect(plan.heartbeat).toMatchObject({ watch: true, publish: false, inlineWorker: false });
    expect(plan.service).toMatchObject({ name: 'app', version: 'unknown' });
    expect(plan.warnings).toEqual([]);
  });

  it('is the environment where an option says nothing, and never where it says something', () => {
    const environment = {
      REDIS_URL: 'redis://other:1/3',
      QUEUE_NAMES: 'a, b',
      QUEUE_PREFIX: 'p',
      QUEUE_WEDGED_AFTER_MS: '7000',
      npm_package_version: '4.5.6',
    };
    const plan = readOptions({}, environment);
    expect(plan.queues).toMatchObject({
      names: ['a', 'b'],
      prefix: 'p',
      redis: { host: 'other', port: 1, db: 3 },
    });
    expect(plan.heartbeat.wedgedAfterMs).toBe(7000);
    expect(plan.service.version).toBe('4.5.6');
    const told = read(
      { prefix: 'q', limits: { wedgedAfterMs: 500, workersMin: 0 }, version: '1' },
      environment,
    );
    expect(told.queues).toMatchObject({ names: ['mail', 'images'], prefix: 'q', redis: { db: 2 } });
    expect(told.heartbeat).toMatchObject({ wedgedAfterMs: 500, workersMin: 0 });
    expect(told.service.version).toBe('1');
  });

  it('changes nothing of the environment, and asks nothing of it that is none of its business', () => {
    const environment = { DATABASE_URL: 'postgres://u:p@h/d', OPENAI_API_KEY: 'k', AUTH_SECRET: '' };
    const plan = read({}, environment);
    expect(plan.database).toBeNull();
    expect(plan.warnings).toEqual([]);
    expect(environment).toEqual({ DATABASE_URL: 'postgres://u:p@h/d', OPENAI_API_KEY: 'k', AUTH_SECRET: '' });
  });

  it('warns of what the environment has wrong, by name', () => {
    expect(read({}, { QUEUE_WEDGED_AFTER_MS: 'soon' }).warnings).toEqual([
      expect.stringMatching(/^QUEUE_WEDGED_AFTER_MS /),
    ]);
  });

  it.each([
    ['open outside production', {}, { NODE_ENV: 'development' }, undefined],
    ['closed in production', {}, { NODE_ENV: 'production' }, null],
    ['closed where nobody says what it is', {}, {}, null],
    ['for who bears OPS_TOKEN', {}, { OPS_TOKEN: 'of-the-environment' }, 'of-the-environment'],
    ['for who bears the token of the option', { details: { bearer: 'mine' } }, { OPS_TOKEN: 'x' }, 'mine'],
    ['open when told so', { details: 'open' }, { NODE_ENV: 'production' }, undefined],
    ['closed when told so', { details: 'never' }, { NODE_ENV: 'test' }, null],
  ] as const)('shows details %s', (_what, options, environment, token) => {
    expect(read(options, environment).opsToken).toBe(token);
  });

  it('wants tables of its own in a database, unless it is told not to', () => {
    const url = 'postgres://u:secret@h:5432/d';
    expect(read({ database: url }).database).toMatchObject({ url, tables: 'wanted' });
    expect(read({ database: { url, memory: false } }).database).toMatchObject({ tables: 'none' });
  });

  it('knows what is not to be shown', () => {
    const { secrets } = read({
      redis: 'redis://:of-redis@h:1',
      database: 'postgres://u:of-postgres@h:5432/d',
      details: { bearer: 'of-operators' },
    });
    expect(secrets).toEqual(expect.arrayContaining(['of-redis', 'of-postgres', 'of-operators']));
  });
});

describe('Redis', () => {
  it.each([
    ['an address', { host: 'h', port: 1, db: 4, username: 'u', password: 'pass' }],
    ['a client', { options: { host: 'h', port: 1, db: 4, username: 'u', password: 'pass' } }],
  ])('may be %s', (_what, redis) => {
    expect(read({ redis }).queues.redis).toMatchObject({
      host: 'h',
      port: 1,
      db: 4,
      username: 'u',
      password: 'pass',
      tls: false,
      sentinel: undefined,
    });
  });

  it('may have TLS, a socket and Sentinels', () => {
    const tls = { ca: 'c' };
    expect(read({ redis: { host: 'h', tls } }).queues.redis).toMatchObject({ tls: true, own: { tls } });
    expect(read({ redis: { path: '/run/redis.sock' } }).queues.redis).toMatchObject({
      own: { path: '/run/redis.sock' },
    });
    const sentinels = [{ host: 's', port: 2 }, {}];
    expect(
      read({ redis: { sentinels, name: 'main', sentinelPassword: 'x' } }).queues.redis?.sentinel,
    ).toEqual({
      name: 'main',
      nodes: [
        { host: 's', port: 2 },
        { host: '127.0.0.1', port: 26_379 },
      ],
      username: undefined,
      password: 'x',
    });
  });
});

describe('an option that cannot be used', () => {
  const bad: [string, Record<string, unknown>][] = [
    ['queues', { queues: [] }],
    ['queues', { queues: ['a:b'] }],
    ['queues', { queues: ['mail*'] }],
    ['queues', { queues: ['a', 'a'] }],
    ['queues', { queues: 'mail' }],
    ['queue', { queue: 'mail' }],
    ['instrument', { instrument: true }],
    ['prefix', { prefix: 'a b' }],
    ['prefix', { prefix: '' }],
    ['redis', { redis: 'http://h' }],
    ['redis', { redis: undefined }],
    ['redis', { redis: null }],
    ['redis', { redis: 7 }],
    ['redis', { redis: { isCluster: true, options: {} } }],
    ['redis.port', { redis: { host: 'h', port: 70_000 } }],
    ['redis.db', { redis: { host: 'h', db: -1 } }],
    ['redis.name', { redis: { sentinels: [{ host: 's' }] } }],
    ['database', { database: 'mysql://h/d' }],
    ['details', { details: 'all' }],
    ['details', { details: { bearer: '' } }],
    ['limits.wedgedAfterMs', { limits: { wedgedAfterMs: 0 } }],
    ['limits.backlogWarn', { limits: { backlogWarn: 'many' } }],
    ['limits.patience', { limits: { patience: 1 } }],
    ['paths.livez', { paths: { livez: 'alive' } }],
    ['paths.ready', { paths: { ready: '/ready' } }],
    ['paths.healthz', { paths: { healthz: '/livez' } }],
  ];

  it.each(bad)('is named: %s of %j', (option, options) => {
    const reading = () => read(options);
    expect(reading).toThrow(ProbityOptionsError);
    expect(reading).toThrow(new RegExp(`^ProbityModule: ${option.replace('.', '\\.')} `));
  });

  it('is never shown', () => {
    const reading = () => read({ redis: 'redis://u:hush hush@h' });
    expect(reading).toThrow(ProbityOptionsError);
    expect(reading).not.toThrow(/hush/);
  });
});
