import { describe, expect, it } from '@jest/globals';
import { DRAINED, forecast, type Forecast } from '../../../src/modules/forecast/forecast.policy.js';
import { trendOf } from '../../../src/modules/forecast/trend.policy.js';
import { startSeries, withSample } from '../../../src/modules/forecast/series.state.js';
import { MINUTE, noise, NOON, watched } from './given.js';

const full = (value: number) => ({ value, when: 'at_least' }) as const;
type At = (minute: number) => number;
const toward = (value: number, minutes: number, valueAt: At) =>
  forecast(watched(minutes, valueAt), full(value));
const drained = (minutes: number, valueAt: At) => forecast(watched(minutes, valueAt), DRAINED);
const reaches = (given: Forecast) => {
  if (given.kind !== 'reaches') throw new Error(`it is ${given.kind}`);
  return given;
};
const saw = (minute: number, period: number) => (minute % period) / period;

describe('a series that is too short', () => {
  it('says how long it was watched, and how long it has to be', () => {
    expect(forecast(startSeries(), DRAINED)).toEqual({ kind: 'too_short', watchedMs: 0, neededMs: 120_000 });
    expect(toward(1000, 1, (minute) => minute)).toEqual({
      kind: 'too_short',
      watchedMs: 60_000,
      neededMs: 120_000,
    });
    expect(toward(1000, 2, (minute) => minute).kind).toBe('reaches');
  });

  it('has gaps in it that nobody watched', () => {
    const first = watched(1, (minute) => minute);
    const gap = withSample(first, NOON + 10 * MINUTE, 10);
    expect(forecast(gap, full(100))).toMatchObject({ kind: 'too_short', watchedMs: 60_000 });
  });
});

describe('a target that is reached', () => {
  it('is so at once, whatever is known of the trend', () => {
    const one = withSample(startSeries(), NOON, 0);
    expect(forecast(one, DRAINED)).toEqual({ kind: 'reached' });
    expect(forecast(one, full(0))).toEqual({ kind: 'reached' });
    expect(forecast(one, full(1)).kind).toBe('too_short');
    expect(toward(15, 15, (minute) => minute)).toEqual({ kind: 'reached' });
  });

  it('is judged by the newest look, though none of it is kept', () => {
    const series = withSample(
      watched(15, () => 5),
      NOON + 15 * MINUTE + 1,
      0,
    );
    expect(forecast(series, DRAINED)).toEqual({ kind: 'reached' });
  });
});

describe('a line', () => {
  it('reaches its target when it does, a sixth faster or slower', () => {
    const given = reaches(toward(1000, 15, (minute) => 10 * minute));
    expect(given.ratePerSecond).toBeCloseTo(1 / 6, 6);
    expect(given.inMs).toBe(85 * MINUTE);
    expect(given.earliestMs).toBeCloseTo((85 * MINUTE * 6) / 7, -1);
    expect(given.latestMs).toBeCloseTo((85 * MINUTE * 6) / 5, -1);
  });

  it('is drained from above', () => {
    const given = reaches(drained(10, (minute) => 1000 - 60 * minute));
    expect(given.ratePerSecond).toBeCloseTo(-1, 6);
    expect(given.inMs).toBe(400_000);
  });

  it('that goes away from its target never reaches it', () => {
    const rising = drained(15, (minute) => 100 + 60 * minute);
    expect(rising.kind).toBe('away');
    expect(rising).toMatchObject({ ratePerSecond: expect.closeTo(1, 6) });
    expect(toward(1000, 15, (minute) => 900 - minute).kind).toBe('away');
  });

  it('with noise reaches it within its bounds, the later the further', () => {
    const { inMs, earliestMs, latestMs } = reaches(
      toward(2000, 15, (minute) => 60 * minute + 100 * noise(minute)),
    );
    const truth = (2000 / 60 - 15) * MINUTE;
    expect(earliestMs).toBeLessThan(truth);
    expect(latestMs).toBeGreaterThan(truth);
    expect(earliestMs).toBeLessThan(inMs);
    expect(latestMs).toBeGreaterThan(inMs);
  });
});

it('a fall with noise is drained within its bounds too', () => {
  const given = reaches(drained(15, (minute) => 2000 - 60 * minute + 100 * noise(minute)));
  const truth = (2000 / 60 - 15) * MINUTE;
  expect(given.ratePerSecond).toBeCloseTo(-1, 0);
  expect(given.earliestMs).toBeLessThan(Math.min(truth, given.inMs));
  expect(given.latestMs).toBeGreaterThan(Math.max(truth, given.inMs));
});

describe('what is no trend', () => {
  it.each<[string, At]>([
    ['nothing that moves', () => 500],
    ['noise', (minute) => 500 + 100 * noise(minute)],
    ['a saw with teeth of a minute', (minute) => 1000 * saw(minute, 1)],
    ['a saw with teeth of five minutes', (minute) => 1000 * saw(minute, 5)],
    ['a burst every minute', (minute) => (minute % 1 < 0.2 ? 900 : 100)],
    ['a step long ago', (minute) => (minute < 3 ? 100 : 900)],
    ['a step in the midst', (minute) => (minute < 7.5 ? 100 : 900)],
    ['a step just now', (minute) => (minute < 14 ? 100 : 900)],
    ['two steps', (minute) => (minute < 5 ? 100 : minute < 10 ? 500 : 900)],
  ])('is %s', (_, valueAt) => {
    expect(toward(1000, 15, valueAt).kind).toBe('steady');
  });

  it.each<[string, At]>([
    ['noise', (minute) => 500 + 100 * noise(minute)],
    ['a saw with teeth of a minute', (minute) => 1001 - 1000 * saw(minute, 1)],
    ['a burst every minute', (minute) => (minute % 1 < 0.2 ? 900 : 100)],
    ['a step down in the midst', (minute) => (minute < 7.5 ? 900 : 100)],
    ['a step down just now', (minute) => (minute < 14 ? 900 : 100)],
  ])('is %s, where one waits for it to drain', (_, valueAt) => {
    expect(drained(15, valueAt).kind).toBe('steady');
  });

  it('has a rate all the same', () => {
    expect(toward(1000, 15, () => 5)).toEqual({ kind: 'steady', ratePerSecond: 0 });
  });
});

describe('a rate that changes', () => {
  const bent: At = (minute) => (minute < 11 ? 100 + minute : 111 + 60 * (minute - 11));

  it('is that of the newest part, when it goes on', () => {
    const given = reaches(toward(5000, 15, bent));
    expect(given.ratePerSecond).toBeGreaterThan(0.7);
    expect(given.ratePerSecond).toBeLessThan(1.01);
  });

  it('is seen though nothing moved before', () => {
    const begun: At = (minute) => (minute < 11 ? 100 : 100 + 60 * (minute - 11));
    expect(reaches(toward(5000, 15, begun)).ratePerSecond).toBeGreaterThan(0.7);
  });

  it('is not told of a tooth that has not come further than those before', () => {
    const teeth: At = (minute) => 1000 * saw(minute + 1, 8);
    expect(toward(5000, 15, (minute) => (minute < 9 ? teeth(minute) : 100 * (minute - 9))).kind).toBe(
      'steady',
    );
    expect(toward(5000, 15, (minute) => (minute < 9 ? teeth(minute) : 250 * (minute - 9))).kind).toBe(
      'reaches',
    );
  });

  it('is not told of what rises within what was seen, and is when it leaves that by a fifth', () => {
    const after =
      (perMinute: number): At =>
      (minute) =>
        minute < 10 ? 50 + 50 * Math.sin(minute * 6) : 50 + perMinute * (minute - 10);
    expect(toward(5000, 15, after(8)).kind).toBe('steady');
    expect(toward(5000, 15, after(13.5)).kind).toBe('steady');
    expect(toward(5000, 15, after(14.5)).kind).toBe('reaches');
  });

  it('is told of a backlog that falls after an import', () => {
    const imported: At = (minute) => (minute < 9 ? 10 : 50_000 - 1200 * (minute - 9));
    const given = reaches(drained(15, imported));
    expect(given.ratePerSecond).toBeCloseTo(-20, 0);
    expect(given.inMs).toBeCloseTo(((50_000 - 7200) / 1200) * MINUTE, -5);
  });

  it('is none any more when it has ended', () => {
    expect(toward(5000, 15, (minute) => Math.min(600, 60 * minute)).kind).toBe('steady');
  });

  it('is that of the whole when the newest part has too much noise to tell', () => {
    // Slow waves: the newest five minutes end as they began, and the rise goes on.
    const waves: At = (minute) => 1000 + 20 * minute + 60 * Math.sin((2 * Math.PI * minute) / 2.5);
    const { samples } = watched(15, waves);
    const newest = trendOf(samples.filter(({ at }) => at >= NOON + 10 * MINUTE));
    expect(newest?.low).toBeLessThan(0);
    const given = reaches(toward(5000, 15, waves));
    expect(given.ratePerSecond).toBe(trendOf(samples)?.rate);
  });
});

describe('a saw whose teeth are longer than what is watched', () => {
  const teeth =
    (...most: readonly number[]): At =>
    (minute) =>
      100 + (most[Math.floor(minute / 40)] ?? 0) * saw(minute, 40);

  it('is a trend twice, and then no further up than it is known to go', () => {
    expect(toward(1000, 30, teeth(500)).kind).toBe('reaches');
    expect(toward(1000, 70, teeth(500, 500)).kind).toBe('reaches');
    expect(toward(1000, 110, teeth(500, 500, 500)).kind).toBe('steady');
    // A backlog that does so every hour is no backlog that is never drained.
    expect(drained(70, teeth(500, 500)).kind).toBe('away');
    expect(drained(110, teeth(500, 500, 500)).kind).toBe('steady');
    expect(toward(1000, 115, teeth(500, 500, 900)).kind).toBe('reaches');
    expect(toward(1000, 115, teeth(200, 500, 500)).kind).toBe('reaches');
  });

  it('is none when it has just fallen, and is one when it has come further since', () => {
    expect(toward(1000, 40.1, teeth(500, 500)).kind).toBe('steady');
    expect(toward(1000, 41.6, teeth(500, 500)).kind).toBe('steady');
    expect(toward(1000, 46, teeth(500, 500)).kind).toBe('steady');
    expect(toward(1000, 49, teeth(100, 800)).kind).toBe('reaches');
  });

  it('is known when it has just turned', () => {
    expect(toward(1000, 80.1, teeth(500, 500, 500)).kind).toBe('steady');
  });

  it('is told again when it has come a fifth further', () => {
    expect(toward(1000, 107.4, teeth(500, 500, 900)).kind).toBe('steady');
    expect(toward(1000, 107.6, teeth(500, 500, 900)).kind).toBe('reaches');
  });

  it('did not turn by itself where it was full', () => {
    expect(toward(1000, 110, teeth(790, 790, 790)).kind).toBe('steady');
    expect(toward(1000, 110, teeth(850, 850, 850)).kind).toBe('reaches');
  });

  it('is forgotten after a day', () => {
    const late =
      (hours: number): At =>
      (minute) =>
        minute < 80 ? teeth(500, 500)(minute) : 100 + Math.max(0, 8 * (minute - (hours * 60 - 20)));
    expect(toward(1000, 25 * 60, late(25)).kind).toBe('steady');
    expect(toward(1000, 28 * 60, late(28)).kind).toBe('reaches');
  });

  it('falls as anything falls', () => {
    expect(drained(110, (minute) => 700 - teeth(500, 500, 500)(minute)).kind).toBe('reaches');
  });
});
