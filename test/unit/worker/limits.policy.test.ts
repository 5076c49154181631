import { describe, expect, it } from '@jest/globals';
import { rateLimitLeft, rateMaxOf, reachedLimit } from '../../../packages/worker/src/limits.policy.js';

describe('a limit of the queue', () => {
  it('of rate is reached while its window is open and used up', () => {
    expect(rateLimitLeft({ max: 2, used: 2, leftMs: 700 })).toBe(700);
    expect(rateLimitLeft({ max: 2, used: 3, leftMs: 1 })).toBe(1);
    expect(rateLimitLeft({ max: 2, used: 1, leftMs: 700 })).toBeNull();
    expect(rateLimitLeft({ max: 2, used: 2, leftMs: -2 })).toBeNull();
    expect(rateLimitLeft({ max: 2, used: 2, leftMs: 0 })).toBeNull();
    expect(rateLimitLeft({ max: null, used: 9, leftMs: 700 })).toBeNull();
  });

  it("of the queue itself comes before those of its workers' options, of which the smallest counts", () => {
    expect(rateMaxOf(10, [1])).toBe(10);
    expect(rateMaxOf(null, [null, 5, 3])).toBe(3);
    expect(rateMaxOf(null, [7, null])).toBe(7);
    expect(rateMaxOf(null, [null])).toBeNull();
    expect(rateMaxOf(null, [])).toBeNull();
  });

  it('that merely exists is none that is reached', () => {
    const facts = { paused: false, rateLimitLeftMs: null, concurrency: 3, active: 2 };
    expect(reachedLimit(facts)).toBeNull();
    expect(reachedLimit({ ...facts, active: 3 })).toEqual({ kind: 'concurrency', limit: 3 });
    expect(reachedLimit({ ...facts, active: 4 })).toEqual({ kind: 'concurrency', limit: 3 });
    expect(reachedLimit({ ...facts, concurrency: null, active: 9 })).toBeNull();
  });

  it('is the one of several that lasts longest: a pause, then a rate, then concurrency', () => {
    const facts = { paused: false, rateLimitLeftMs: null, concurrency: 3, active: 3 };
    expect(reachedLimit({ ...facts, rateLimitLeftMs: 5 })).toEqual({ kind: 'rate', leftMs: 5 });
    expect(reachedLimit({ ...facts, paused: true, rateLimitLeftMs: 5 })).toEqual({ kind: 'pause' });
  });
});
