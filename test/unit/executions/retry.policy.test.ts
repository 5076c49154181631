import { describe, expect, it } from '@jest/globals';
import { afterFailure, DEFAULT_RETRY } from '../../../src/modules/executions/run/retry.policy.js';

const ALMOST_ONE = 1 - Number.EPSILON;
const retry = { maxAttempts: 4, backoffMs: 1000 };
const failed = (failures: number, retryAfterMs: number | null = null) => ({
  failures,
  retryable: true,
  retryAfterMs,
});
const again = (delayMs: number) => ({ kind: 'retry', delayMs });
const giveUp = { kind: 'give-up' };

describe('a try that failed', () => {
  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
  ])('for the time %i is tried again after %i to %i ms', (failures, least, most) => {
    expect(afterFailure(failed(failures), retry, 0)).toEqual(again(least));
    expect(afterFailure(failed(failures), retry, 0.5)).toEqual(again((least + most) / 2));
    expect(afterFailure(failed(failures), retry, ALMOST_ONE)).toEqual(again(most));
  });

  it('waits a whole number of ms', () => {
    expect(afterFailure(failed(1), { maxAttempts: 2, backoffMs: 1 }, 0)).toEqual(again(1));
    expect(afterFailure(failed(1), retry, 0.0004)).toEqual(again(500));
  });

  it('never waits longer than a minute, of which the chance takes up to half', () => {
    const patient = { maxAttempts: 100, backoffMs: 30_000 };
    expect(afterFailure(failed(2), patient, ALMOST_ONE)).toEqual(again(60_000));
    expect(afterFailure(failed(3), patient, 0)).toEqual(again(30_000));
    expect(afterFailure(failed(99), patient, ALMOST_ONE)).toEqual(again(60_000));
  });

  it.each([
    ['longer than the backoff', 5000, 5000],
    ['shorter than the backoff', 400, 500],
    ['exactly a minute', 60_000, 60_000],
    ['more than a minute', 60_001, 60_000],
    ['not at all', 0, 500],
  ])('waits as long as the other side asks: %s', (_what, retryAfterMs, delayMs) => {
    expect(afterFailure(failed(1, retryAfterMs), retry, 0)).toEqual(again(delayMs));
  });

  it('may be tried again at once when no backoff is set', () => {
    expect(afterFailure(failed(3), { maxAttempts: 4, backoffMs: 0 }, ALMOST_ONE)).toEqual(again(0));
  });

  it('is the last one after its attempts, the first included', () => {
    expect(afterFailure(failed(3), retry, 0)).toMatchObject({ kind: 'retry' });
    expect(afterFailure(failed(4), retry, 0)).toEqual(giveUp);
    expect(afterFailure(failed(5), retry, 0)).toEqual(giveUp);
    expect(afterFailure(failed(1), { maxAttempts: 1, backoffMs: 0 }, 0)).toEqual(giveUp);
  });

  it('is the last one when trying again would change nothing, whatever the other side asks', () => {
    expect(afterFailure({ ...failed(1, 5000), retryable: false }, retry, 0)).toEqual(giveUp);
  });

  it('is one of three, half a second apart, when the step says nothing', () => {
    expect(DEFAULT_RETRY).toEqual({ maxAttempts: 3, backoffMs: 500 });
  });
});
