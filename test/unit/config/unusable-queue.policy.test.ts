import { describe, expect, it } from '@jest/globals';
import type { SettingName, SettingProblem } from '../../../src/modules/config/index.js';
import { unusableQueue } from '../../../src/modules/config/unusable-queue.policy.js';

const problem = (
  name: SettingProblem['name'],
  kind: SettingProblem['kind'] = 'invalid',
  message = 'is wrong',
): SettingProblem => ({ name, kind, message });
/** Whether this problem leaves the queue without an address where these settings are set. */
const leaves = (found: SettingProblem, ...set: SettingName[]) =>
  unusableQueue([found], (name) => set.includes(name)).length > 0;

describe('a problem of the queue', () => {
  it.each([
    'QUEUE_REDIS_HOST',
    'QUEUE_REDIS_PORT',
    'QUEUE_REDIS_DB',
    'QUEUE_REDIS_USERNAME',
    'QUEUE_REDIS_PASSWORD',
    'QUEUE_REDIS_TLS',
  ] as const)('with %s leaves no queue, unless REDIS_URL overrides it', (name) => {
    expect(leaves(problem(name))).toBe(true);
    expect(leaves(problem(name), 'QUEUE_REDIS_HOST')).toBe(true);
    expect(leaves(problem(name), 'REDIS_URL')).toBe(false);
  });

  it.each([
    'QUEUE_REDIS_SENTINELS',
    'QUEUE_REDIS_SENTINEL_NAME',
    'QUEUE_REDIS_SENTINEL_USERNAME',
    'QUEUE_REDIS_SENTINEL_PASSWORD',
    'QUEUE_REDIS_CLUSTER',
    'QUEUE_DRIVER',
    'QUEUE_PREFIX',
    'QUEUE_NAMES',
  ] as const)('with %s leaves no queue, whatever else is set', (name) => {
    expect(leaves(problem(name))).toBe(true);
    expect(leaves(problem(name), 'REDIS_URL')).toBe(true);
  });

  it('with REDIS_URL leaves no queue where it is set', () => {
    expect(leaves(problem('REDIS_URL'), 'REDIS_URL')).toBe(true);
    expect(leaves(problem('REDIS_URL'))).toBe(false);
  });

  it.each(['PORT', 'DATABASE_URL', 'AUTH_SECRET'] as const)('is none with %s', (name) => {
    expect(leaves(problem(name))).toBe(false);
    expect(leaves(problem(name), 'REDIS_URL')).toBe(false);
  });

  it.each([
    ['missing', true],
    ['invalid', true],
    ['weak-token', true],
    ['weak', false],
  ] as const)('that is %s leaves no queue: %s', (kind, expected) => {
    expect(leaves(problem('QUEUE_REDIS_PASSWORD', kind))).toBe(expected);
  });

  it.each(['REDIS_URL', 'QUEUE_REDIS_HOST', 'QUEUE_REDIS_SENTINELS'] as const)(
    'is a .env that cannot be read, unless %s names the queue and the file does not',
    (name) => {
      expect(leaves(problem('.env'))).toBe(true);
      expect(leaves(problem('.env', 'weak'))).toBe(true);
      expect(leaves(problem('.env'), name)).toBe(false);
      expect(leaves(problem('.env', 'invalid', 'line 1 (a setting of the queue)'), name)).toBe(true);
      expect(leaves(problem('.env'), 'QUEUE_REDIS_PORT')).toBe(true);
    },
  );

  it('is told as it came, each of them in its order', () => {
    const problems = [problem('QUEUE_NAMES'), problem('PORT'), problem('QUEUE_DRIVER', 'missing')];
    expect(unusableQueue(problems, () => false)).toEqual([problems[0], problems[2]]);
    expect(unusableQueue([], () => false)).toEqual([]);
  });
});
