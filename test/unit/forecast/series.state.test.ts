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
  expect(startSeries()).toEqual({ watching: QUARTER_OF_AN_HOUR, samples: [], latest: null });
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
