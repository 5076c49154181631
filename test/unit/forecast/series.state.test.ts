import { describe, expect, it } from '@jest/globals';
import {
  QUARTER_OF_AN_HOUR,
  startSeries,
  watchedMs,
  withSample,
  type Series,
} from '../../../src/modules/forecast/series.state.js';
import { MINUTE, NOON, watched } from './given.js';

type Looks = readonly (readonly [afterMs: number, value: number | null])[];
const after = (...looks: Looks): Series =>
  looks.reduce((series, [afterMs, value]) => withSample(series, NOON + afterMs, value), startSeries());
const kept = (...looks: Looks) => after(...looks).samples.map(({ at, value }) => [at - NOON, value]);

it('a series that has begun knows nothing, and what it needs', () => {
  expect(startSeries()).toEqual({
    watching: QUARTER_OF_AN_HOUR,
    samples: [],
    latest: null,
    falls: false,
    edge: null,
    tops: [],
    fellAt: [-Infinity, -Infinity],
  });
  expect(watchedMs(startSeries())).toBe(0);
  expect(QUARTER_OF_AN_HOUR).toEqual({ spanMs: 900_000, everyMs: 5000, neededMs: 120_000 });
});

describe('a series', () => {
  it('keeps one look in five seconds, and knows the newest', () => {
    const series = after([0, 1], [4999, 2], [5000, 3], [9999, 4]);
    expect(series.samples).toEqual([
      { at: NOON, value: 1 },
      { at: NOON + 5000, value: 3 },
    ]);
    expect(series.latest).toEqual({ at: NOON + 9999, value: 4 });
  });

  it('keeps a quarter of an hour, and no more than its samples', () => {
    const series = watched(60, (minute) => minute);
    expect(series.samples).toHaveLength(181);
    expect(series.samples[0]).toEqual({ at: NOON + 45 * MINUTE, value: 45 });
    expect(series.samples.at(-1)).toEqual({ at: NOON + 60 * MINUTE, value: 60 });
  });

  it('learns nothing of what could not be read', () => {
    const before = after([0, 1]);
    expect(withSample(before, NOON + 5000, null)).toBe(before);
    expect(withSample(before, NOON + 5000, NaN)).toBe(before);
    expect(kept([0, 1], [5000, null], [10_000, 3])).toEqual([
      [0, 1],
      [10_000, 3],
    ]);
  });

  it('begins anew when the clock goes back, and not when it stands', () => {
    expect(kept([0, 1], [5000, 2], [4999, 3])).toEqual([[4999, 3]]);
    expect(kept([0, 1], [7000, 2], [7000, 3])).toEqual([
      [0, 1],
      [7000, 2],
    ]);
    // Behind the newest look too, though it was not kept.
    expect(kept([0, 1], [3000, 2], [2000, 3])).toEqual([[2000, 3]]);
    expect(after([0, 1], [5000, 2], [4999, 3]).latest).toEqual({ at: NOON + 4999, value: 3 });
  });

  it('does not change what it was', () => {
    const before = after([0, 1]);
    withSample(before, NOON + 5000, 2);
    expect(before.samples).toHaveLength(1);
  });
});

describe('what was watched', () => {
  it('is the time from the first to the last sample', () => {
    expect(watchedMs(after([0, 1]))).toBe(0);
    expect(watchedMs(after([0, 1], [5000, 1], [25_000, 1]))).toBe(25_000);
  });

  it('has no gap of more than a minute in it', () => {
    expect(watchedMs(after([0, 1], [60_000, 1]))).toBe(60_000);
    expect(watchedMs(after([0, 1], [60_001, 1], [65_001, 1]))).toBe(5000);
  });
});

describe('the tops from which it fell', () => {
  const tops = (...looks: Looks) => after(...looks).tops.map(({ at, value }) => [at - NOON, value]);
  const fell = (...looks: Looks) => after(...looks).fellAt.map((at) => at - NOON);

  it('are those of which a fifth is gone', () => {
    expect(tops([0, 100], [1000, 80])).toEqual([]);
    expect(tops([0, 100], [1000, 79])).toEqual([[1000, 100]]);
    expect(tops([0, 50], [1000, 100], [2000, 90], [3000, 79])).toEqual([[3000, 100]]);
    expect(tops([0, 0], [1000, 0])).toEqual([]);
  });

  it('are one of each fall, however long it is, until a quarter is added to its least', () => {
    expect(tops([0, 100], [1000, 50], [2000, 20], [3000, 10])).toEqual([[1000, 100]]);
    expect(tops([0, 100], [1000, 40], [2000, 50], [3000, 30])).toEqual([[1000, 100]]);
    expect(tops([0, 100], [1000, 40], [2000, 51], [3000, 30])).toEqual([
      [1000, 100],
      [3000, 51],
    ]);
    expect(tops([0, 100], [1000, 0], [2000, 1], [3000, 0])).toEqual([
      [1000, 100],
      [3000, 1],
    ]);
  });

  it('are the two highest', () => {
    const three: Looks = [
      [0, 60],
      [1000, 10],
      [2000, 100],
      [3000, 10],
      [4000, 80],
      [5000, 10],
    ];
    expect(tops(...three)).toEqual([
      [3000, 100],
      [5000, 80],
    ]);
  });

  it('are known for 26 hours, and not when the clock went back', () => {
    const known = 104 * 15 * MINUTE;
    expect(known).toBe(26 * 60 * MINUTE);
    expect(tops([0, 100], [0, 10], [known, 10])).toEqual([[0, 100]]);
    expect(tops([0, 100], [0, 10], [known + 1, 10])).toEqual([]);
    expect(tops([5000, 100], [6000, 10], [0, 10])).toEqual([]);
  });

  it('were left at these two times last, from whatever height', () => {
    expect(after([0, 100], [1000, 90]).fellAt).toEqual([-Infinity, -Infinity]);
    expect(fell([0, 100], [1000, 10])).toEqual([-Infinity, 1000]);
    expect(fell([0, 100], [1000, 10], [2000, 50], [3000, 9])).toEqual([1000, 3000]);
  });
});
