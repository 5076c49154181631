import { describe, expect, it } from '@jest/globals';
import { onRefusal } from '../../../src/modules/redis/refusal.policy.js';

const LOADING = 'LOADING Redis is loading the dataset in memory';
const MASTERDOWN = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
const READONLY = "READONLY You can't write against a read only replica.";
const refused = (message: string, waits: boolean, bySentinel: boolean) =>
  onRefusal(new Error(message), { waits, bySentinel });

describe('a refusal of Redis', () => {
  it.each([LOADING, MASTERDOWN, 'LOADING', 'MASTERDOWN'])(
    'that passes (%s) is waited for by who waits',
    (message) => {
      for (const bySentinel of [false, true]) {
        expect(refused(message, true, bySentinel)).toBe(2);
        expect(refused(message, false, bySentinel)).toBe(false);
      }
    },
  );

  it.each([READONLY, 'READONLY'])(
    'to write (%s) leads elsewhere only where Sentinels say where',
    (message) => {
      expect(refused(message, true, true)).toBe(2);
      expect(refused(message, false, true)).toBe(1);
      expect(refused(message, true, false)).toBe(false);
      expect(refused(message, false, false)).toBe(false);
    },
  );

  it.each([
    'NOAUTH Authentication required.',
    'WRONGTYPE',
    'LOADINGS of it',
    'MASTERDOWNS',
    'READONLYS',
    'ERR LOADING',
    'ERR MASTERDOWN',
    'ERR READONLY',
    'loading',
    '',
  ])('that says %j is nothing to connect anew for', (message) => {
    expect(refused(message, true, true)).toBe(false);
    expect(refused(message, false, true)).toBe(false);
  });
});
