import { describe, expect, it } from '@jest/globals';
import { afterLook, type AnswerProgress } from '../../../src/modules/http/server/answer-rate.policy.js';

/** Looks once a second at a client of such a speed, from when the system's buffers were full. */
function endsAfter(bytesPerS: number, lookedAtS: number): number | null {
  let progress: AnswerProgress | null = null;
  for (let second = 0; second <= lookedAtS; second += 1) {
    const taken = 3_000_000 + bytesPerS * second;
    const next = afterLook(progress, { unsent: 40_000_000 - taken, taken }, second * 1000);
    if (next === 'too-slow') return second;
    progress = next;
  }
  return null;
}

describe('an answer that waits to be read', () => {
  it.each([0, 1, 512, 4000])('ends with the first window at %i bytes a second', (rate) => {
    expect(endsAfter(rate, 600)).toBe(10);
  });

  it.each([4096, 100_000])('goes on for as long as it takes at %i', (rate) => {
    expect(endsAfter(rate, 600)).toBeNull();
  });

  it('is judged once its window is over, by 4096 bytes for each of its seconds', () => {
    const from = { since: 1000, takenBefore: 500 };
    const look = (taken: number, now: number) => afterLook(from, { unsent: 9, taken }, now);
    expect(look(500, 10_999)).toBe(from);
    expect(look(500, 11_000)).toBe('too-slow');
    expect(look(500 + 40_959, 11_000)).toBe('too-slow');
    expect(look(500 + 40_960, 11_000)).toEqual({ since: 11_000, takenBefore: 41_460 });
    expect(look(500 + 81_919, 21_000)).toBe('too-slow');
    expect(look(500 + 81_920, 21_000)).toEqual({ since: 21_000, takenBefore: 82_420 });
  });

  it('is not judged by what was taken in an earlier window', () => {
    const early = afterLook(null, { unsent: 9, taken: 0 }, 0) as AnswerProgress;
    const later = afterLook(early, { unsent: 9, taken: 9_000_000 }, 10_000);
    expect(later).toEqual({ since: 10_000, takenBefore: 9_000_000 });
    expect(afterLook(later as AnswerProgress, { unsent: 9, taken: 9_000_001 }, 20_000)).toBe('too-slow');
  });

  it("of which nothing waits is in nobody's way, however seldom more is written", () => {
    const before = { since: 0, takenBefore: 0 };
    expect(afterLook(before, { unsent: 0, taken: 1 }, 60_000)).toBeNull();
  });

  it('is measured from the moment when something waits', () => {
    expect(afterLook(null, { unsent: 1, taken: 77 }, 123)).toEqual({ since: 123, takenBefore: 77 });
    expect(afterLook(null, { unsent: 0, taken: 77 }, 123)).toBeNull();
  });

  it('is measured by whole windows of ten seconds', () => {
    const before = { since: 5000, takenBefore: 100 };
    expect(afterLook(before, { unsent: 9, taken: 100 }, 14_999)).toBe(before);
    expect(afterLook(before, { unsent: 9, taken: 100 }, 15_000)).toBe('too-slow');
  });

  it.each([
    [10_000, 40_959, 40_960],
    [20_000, 81_919, 81_920],
  ])('is too slow in a window of %i ms with %i bytes, and not with %i', (elapsedMs, few, enough) => {
    const before = { since: 5000, takenBefore: 100 };
    const after = (taken: number) => afterLook(before, { unsent: 9, taken: 100 + taken }, 5000 + elapsedMs);
    expect(after(few)).toBe('too-slow');
    expect(after(enough)).toEqual({ since: 5000 + elapsedMs, takenBefore: 100 + enough });
  });
});
