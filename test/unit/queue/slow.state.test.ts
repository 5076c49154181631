import { describe, expect, it } from '@jest/globals';
import { nextLooks, NO_LOOKS, slowness } from '../../../src/modules/queue/check/slow.state.js';

const after = (...tookMs: number[]) => tookMs.reduce(nextLooks, NO_LOOKS);

describe('the slowness of Redis', () => {
  it('is not one slow look, nor the first ones', () => {
    expect(slowness(after(800, 800, 800, 800))).toBeNull();
    expect(slowness(after(1, 1, 1, 800, 1, 1))).toBeNull();
  });

  it('is a share of the looks above the threshold, and says which', () => {
    expect(slowness(after(1, 800, 1, 700, 1, 1))).toEqual({
      code: 'redis.slow',
      message: 'Redis is slow: 2 of the last 6 looks took longer than 250 ms, the longest 800 ms.',
    });
  });

  it('ends only once nearly all looks are quick again', () => {
    const slow = [800, 800, 800, 1, 1];
    const quick = (count: number) => Array<number>(count).fill(1);
    expect(slowness(after(...slow, ...quick(8)))).not.toBeNull();
    expect(slowness(after(...slow, ...quick(12)))).toBeNull();
  });
});
