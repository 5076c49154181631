import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';

const problemsOf = (environment: Record<string, string>) =>
  parseSettings({ AUTH_SECRET: 'a-long-random-secret-0451', ...environment }).problems;

describe('a bad value', () => {
  const defaults = parseSettings({}).settings;

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '50.5'],
    ['WORKER_CONCURRENCY', '-3'],
    ['WORKER_CONCURRENCY', '1e3'],
    ['LOG_LEVEL', 'loudest'],
    ['DATABASE_URL', 'mysql://u:hunter22@h/db'],
    ['DATABASE_URL', 'not a url'],
    ['REDIS_URL', 'http://h'],
    ['QUEUE_DRIVER', 'kafka'],
    ['QUEUE_NAMES', 'a b,c'],
    ['QUEUE_NAMES', ','],
    ['QUEUE_REDIS_TLS', 'maybe'],
    ['QUEUE_REDIS_SENTINELS', 'no-port'],
    ['WORKER_HEARTBEAT_INTERVAL_MS', '1'],
    ['OPENAI_BASE_URL', 'file:///etc/passwd'],
    ['DECLARED_DEPENDENCIES', 'evm-rpc,queue'],
    ['EVM_RPC_URL', 'wss://h'],
    ['SHUTDOWN_GRACE_MS', '-1'],
    ['DRAIN_DELAY_MS', 'soon'],
    ['CANARY_INTERVAL_MS', '99999999999'],
  ] as const)('of %s (%s) is replaced by the default and reported by name, never by value', (name, value) => {
    const { settings } = parseSettings({ [name]: value });
    if (name !== 'QUEUE_DRIVER') expect(settings[name]).toEqual(defaults[name]);
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([
      { name, kind: 'invalid', message: expect.stringMatching(new RegExp(`^${name} (must|is invalid)`)) },
    ]);
    // One character or digit may well be part of a limit that the message names.
    if (value.length > 2) expect(JSON.stringify(problems)).not.toContain(value);
  });

  it('reports every problem, not only the first', () => {
    const names = problemsOf({ PORT: 'x', LOG_LEVEL: 'y', QUEUE_DRIVER: 'z' }).map(({ name }) => name);
    expect(names).toEqual(['PORT', 'LOG_LEVEL', 'QUEUE_DRIVER']);
  });

  it('of a hostile shape throws nothing', () => {
    const garbage = Object.fromEntries(
      Object.keys(parseSettings({}).settings).map((name) => [name, '\u0000://%%%\n💥,,,']),
    );
    expect(() => parseSettings(garbage)).not.toThrow();
    expect(parseSettings(garbage).settings.PORT).toBe(5000);
  });
});

describe('an empty or blank value', () => {
  it('means the same as none', () => {
    const blank = Object.fromEntries(Object.keys(parseSettings({}).settings).map((name) => [name, '  ']));
    expect({ ...parseSettings(blank), environment: {} }).toEqual(parseSettings({}));
  });
});

describe('NODE_ENV', () => {
  it.each([undefined, 'production', 'staging', 'Development', 'prod'])('%s is production', (value) => {
    const { settings } = parseSettings({ NODE_ENV: value });
    expect(settings).toMatchObject({ production: true, host: '::', drainDelayMs: 5000 });
  });

  it.each(['development', 'test'])('%s is not production, and listens on this machine only', (value) => {
    const { settings } = parseSettings({ NODE_ENV: value });
    expect(settings).toMatchObject({ production: false, host: '127.0.0.1', drainDelayMs: 0 });
  });
});

describe('settings that need one another', () => {
  it('AUTH_SECRET is always required, and not a placeholder', () => {
    const kindOf = (environment: Record<string, string>) =>
      parseSettings(environment).problems.map(({ name, kind }) => `${name} ${kind}`);
    expect(kindOf({})).toEqual(['AUTH_SECRET missing']);
    expect(kindOf({ AUTH_SECRET: 'short' })).toEqual(['AUTH_SECRET weak']);
    expect(kindOf({ AUTH_SECRET: 'your-secret-goes-here' })).toEqual(['AUTH_SECRET weak']);
    expect(kindOf({ AUTH_SECRET: '0f8e7d6c5b4a39281706' })).toEqual([]);
  });

  it.each([
    [{ LITELLM_BASE_URL: 'http://litellm:4000' }, 'LITELLM_MASTER_KEY'],
    [{ QUEUE_REDIS_SENTINELS: 'a:1,b:2' }, 'QUEUE_REDIS_SENTINEL_NAME'],
    [{ DECLARED_DEPENDENCIES: 'evm-rpc' }, 'EVM_RPC_URL'],
  ])('%j misses %s', (environment, missing) => {
    expect(problemsOf(environment as Record<string, string>)).toEqual([
      expect.objectContaining({ name: missing, kind: 'missing' }),
    ]);
  });

  it('a heartbeat timeout must leave room for two heartbeats', () => {
    expect(problemsOf({ WORKER_HEARTBEAT_INTERVAL_MS: '20000' }).map(({ name }) => name)).toEqual([
      'WORKER_HEARTBEAT_TIMEOUT_MS',
    ]);
  });
});

describe('lists and flags', () => {
  it('are split at commas, trimmed, and free of empty parts', () => {
    expect(parseSettings({ QUEUE_NAMES: ' a, b,,c ' }).settings.QUEUE_NAMES).toEqual(['a', 'b', 'c']);
    expect(parseSettings({ ENABLE_INLINE_WORKER: '1' }).settings.ENABLE_INLINE_WORKER).toBe(true);
    expect(parseSettings({ ENABLE_INLINE_WORKER: 'false' }).settings.ENABLE_INLINE_WORKER).toBe(false);
  });
});

describe('the settings', () => {
  it('cannot be changed once parsed', () => {
    const { settings } = parseSettings({});
    expect(Object.isFrozen(settings)).toBe(true);
  });
});
