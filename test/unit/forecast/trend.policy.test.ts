import { describe, expect, it } from '@jest/globals';
import { directionOf, trendOf } from '../../../src/modules/forecast/trend.policy.js';
import { noise, watched } from './given.js';

const of = (minutes: number, valueAt: (minute: number) => number) =>
  trendOf(watched(minutes, valueAt).samples);

describe('the trend of a series', () => {
  it('is the rate per second of a line, and nothing is uncertain of it', () => {
    const trend = of(15, (minute) => 100 + 60 * minute);
    expect(trend?.rate).toBeCloseTo(1, 6);
    expect(trend?.low).toBeCloseTo(1, 6);
    expect(trend?.high).toBeCloseTo(1, 6);
    expect(of(2, (minute) => -30 * minute)?.rate).toBeCloseTo(-0.5, 6);
  });

  it('is unknown of fewer than two moments', () => {
    expect(trendOf([])).toBeNull();
    expect(trendOf([{ at: 1, value: 1 }])).toBeNull();
    expect(
      trendOf([
        { at: 1, value: 1 },
        { at: 1, value: 2 },
      ]),
    ).toBeNull();
    expect(
      trendOf([
        { at: 1000, value: 1 },
        { at: 2000, value: 3 },
      ]),
    ).toEqual({ rate: 2, low: 2, high: 2 });
  });

  it('is known within its spread when there is noise', () => {
    const trend = of(15, (minute) => 60 * minute + 200 * noise(minute));
    expect(trend?.rate).toBeGreaterThan(0.8);
    expect(trend?.rate).toBeLessThan(1.2);
    expect(trend?.low).toBeLessThan(trend?.rate ?? 0);
    expect(trend?.high).toBeGreaterThan(trend?.rate ?? 0);
  });

  it('is not moved by a few samples that are far off', () => {
    const trend = of(15, (minute) => 60 * minute + (minute > 7 && minute < 7.5 ? 1e6 : 0));
    expect(trend?.rate).toBeCloseTo(1, 1);
  });

  it('takes only pairs that are a third of it apart', () => {
    // Each sample is below the one before, and each third above the one before.
    const steps = [0, -1, -2, 10, 9, 8, 20, 19, 18].map((value, n) => ({ at: n * 1000, value }));
    expect(trendOf(steps)?.low).toBeGreaterThan(0);
  });

  it('is one of thirty means, however many samples there are', () => {
    const many = Array.from({ length: 3000 }, (_, n) => ({ at: n * 1000, value: n + (n % 2) * 1000 }));
    const trend = trendOf(many);
    expect(trend?.low).toBeCloseTo(1, 1);
    expect(trend?.high).toBeCloseTo(1, 1);
  });
});

it('the direction is one that nine pairs of ten agree on', () => {
  expect(directionOf({ rate: 2, low: 1, high: 3 })).toBe(1);
  expect(directionOf({ rate: -2, low: -3, high: -1 })).toBe(-1);
  expect(directionOf({ rate: 1, low: 0, high: 3 })).toBe(0);
  expect(directionOf({ rate: -1, low: -3, high: 0 })).toBe(0);
  expect(directionOf({ rate: 0, low: -1, high: 1 })).toBe(0);
});
