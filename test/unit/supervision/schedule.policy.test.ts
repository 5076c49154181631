import { describe, expect, it } from '@jest/globals';
import { firstIn, nextDue } from '../../../src/modules/supervision/probing/schedule.policy.js';

describe('the first run of a probe', () => {
  it('waits for its initial delay from the start of the life, not from when it was asked for', () => {
    expect(firstIn(5000, 1000, 1000)).toBe(5000);
    expect(firstIn(5000, 1000, 4000)).toBe(2000);
  });

  it('is due at once when that is over, or when there is none', () => {
    expect(firstIn(5000, 1000, 60_000)).toBe(0);
    expect(firstIn(0, 1000, 1000)).toBe(0);
  });
});

describe('the next run of a probe', () => {
  it('is due a period after the last one began, however long that took', () => {
    expect(nextDue(1000, 500, 1001)).toBe(1500);
    expect(nextDue(1000, 500, 1499)).toBe(1500);
  });

  it('is due at the first tick that did not fall into the last one', () => {
    expect(nextDue(1000, 500, 1500)).toBe(2000);
    expect(nextDue(1000, 500, 2400)).toBe(2500);
  });

  it('is not due twice when a timer fired early', () => {
    expect(nextDue(1000, 500, 999)).toBe(1500);
    expect(nextDue(1000, 500, 400)).toBe(1500);
  });
});
