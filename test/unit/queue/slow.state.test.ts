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

  it('is told from five looks on, two of which were slow', () => {
    expect(slowness(after(800, 800, 1, 1))).toBeNull();
    expect(slowness(after(800, 800, 1, 1, 1))).not.toBeNull();
    expect(slowness(after(800, 1, 1, 1, 1))).toBeNull();
    expect(NO_LOOKS).toEqual({ tookMs: [], slow: false });
  });

  it('begins with a fifth of the looks', () => {
    const quick = (count: number) => Array<number>(count).fill(1);
    expect(slowness(after(...quick(8), 800, 800))).not.toBeNull();
    expect(slowness(after(...quick(9), 800, 800))).toBeNull();
    expect(slowness(after(...quick(9), 800, 800, 800))).not.toBeNull();
  });

  it('goes on while a tenth of the last twelve looks is slow', () => {
    const slow = after(800, 800, 1, 1, 1);
    const then = (count: number, ...more: number[]) =>
      [...Array<number>(count).fill(1), ...more].reduce(nextLooks, slow);
    // One of ten, of eleven and of twelve: the last two are less than a tenth.
    expect(slowness([1, 1, 1, 1, 1].reduce(nextLooks, slow))).toMatchObject({
      message: expect.stringContaining('2 of the last 10 looks'),
    });
    expect(slowness(then(7))).toMatchObject({ message: expect.stringContaining('2 of the last 12 looks') });
    expect(slowness(then(8))).toBeNull();
    const one = nextLooks({ tookMs: [800, ...Array<number>(8).fill(1)], slow: true }, 1);
    expect(slowness(one)?.message).toContain('1 of the last 10 looks');
    expect(slowness(nextLooks(one, 1))).toBeNull();
  });

  it('is none of looks that took as long as they may', () => {
    expect(slowness(after(250, 250, 250, 250, 250))).toBeNull();
    expect(slowness(after(250, 251, 251.4, 1, 1))?.message).toBe(
      'Redis is slow: 2 of the last 5 looks took longer than 250 ms, the longest 251 ms.',
    );
    expect(slowness(after(1, 1, 1, 251, 251.6))?.message).toContain('the longest 252 ms');
  });

  it('is not forgotten, nor found, while there are too few looks', () => {
    expect(nextLooks({ tookMs: [], slow: true }, 1).slow).toBe(true);
    expect(nextLooks({ tookMs: [800, 800], slow: false }, 800).slow).toBe(false);
  });
});
