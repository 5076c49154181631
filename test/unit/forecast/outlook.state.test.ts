import { describe, expect, it } from '@jest/globals';
import { DRAINED } from '../../../src/modules/forecast/forecast.policy.js';
import {
  nextOutlook,
  startOutlook,
  type Outlook,
  type Question,
} from '../../../src/modules/forecast/outlook.state.js';
import { NOON } from './given.js';

const at = (value: number) => ({ value, when: 'at_least' }) as const;
const full = (value: number): Question => ({ target: at(value), warnOf: at(value) });
const long = (value: number): Question => ({ target: DRAINED, warnOf: at(value) });
const FULL = full(1000);

const after = (before: Outlook, second: number, value: number | null, question = FULL) =>
  nextOutlook(before, { at: NOON + second * 1000, value }, question);
/** A look every five seconds, until then: what a function of the second says. */
const until = (
  seconds: number,
  valueAt: (second: number) => number = (second) => second,
  question: Question = FULL,
): Outlook => {
  let outlook = startOutlook();
  for (let second = 0; second <= seconds; second += 5)
    outlook = after(outlook, second, valueAt(second), question);
  return outlook;
};

describe('an outlook', () => {
  it('is too short at first', () => {
    const forecast = { kind: 'too_short', watchedMs: 0, neededMs: 120_000 };
    expect(startOutlook()).toMatchObject({ question: null, warning: null, forecast });
    expect(after(startOutlook(), 0, 5)).toMatchObject({ warning: null, forecast });
    expect(after(startOutlook(), 0, null).forecast).toEqual(forecast);
    expect(startOutlook({ spanMs: 3, everyMs: 2, neededMs: 1 }).forecast).toEqual({
      ...forecast,
      neededMs: 1,
    });
  });

  it('says where it goes when it was watched for long enough', () => {
    expect(until(200).forecast).toMatchObject({ kind: 'reaches', inMs: 800_000 });
    expect(until(200, undefined, long(1000)).forecast).toMatchObject({ kind: 'away', ratePerSecond: 1 });
  });

  it('is reckoned anew every ten seconds, and every look is kept', () => {
    const before = until(200);
    const soon = after(before, 205, 205);
    expect(soon.forecast).toBe(before.forecast);
    expect(soon.series.latest?.value).toBe(205);
    expect(after(soon, 209.999, 210).forecast).toBe(before.forecast);
    expect(after(soon, 210, 210).forecast).toMatchObject({ inMs: 790_000 });
  });

  it('is reckoned at once for another question', () => {
    const before = until(200);
    expect(after(before, 201, 201, full(1000)).forecast).toBe(before.forecast);
    expect(after(before, 201, 201, full(2000)).forecast).toMatchObject({
      inMs: expect.closeTo(1_800_000, -4),
    });
    expect(after(before, 201, 201, { ...FULL, warnOf: at(2000) }).forecast).not.toBe(before.forecast);
    expect(after(before, 201, 201, long(1000)).forecast.kind).toBe('away');
    expect(after(before, 201, 201, { ...FULL, target: { value: 1000, when: 'at_most' } }).forecast.kind).toBe(
      'reached',
    );
  });

  it('says at once that it is reached, and that it no longer is', () => {
    const there = after(until(200), 201, 1000);
    expect(there.forecast.kind).toBe('reached');
    expect(after(there, 202, 999).forecast.kind).toBe('reaches');
    const drained = after(startOutlook(), 0, 0, long(10));
    expect(drained.forecast.kind).toBe('reached');
    expect(after(drained, 1, 1, long(10)).forecast.kind).toBe('too_short');
  });

  it('begins anew with a clock that went back', () => {
    const back = after(until(400), 100, 5);
    expect(back.forecast).toMatchObject({ kind: 'too_short', watchedMs: 0 });
    expect(back.warning).toBeNull();
  });
});

describe('the warning', () => {
  it('is given when five minutes were watched, and not before', () => {
    expect(until(295).warning).toBeNull();
    expect(until(300).warning).toMatchObject({ kind: 'reaches', inMs: 700_000 });
  });

  it('looks ahead four times as far as back, an hour at most', () => {
    expect(until(300, undefined, full(1500)).warning).not.toBeNull();
    expect(until(300, undefined, full(1501)).warning).toBeNull();
    expect(until(1800, undefined, full(5400)).warning).not.toBeNull();
    expect(until(1800, undefined, full(5410)).warning).toBeNull();
  });

  it('is that a backlog will be too long, and goes on for as long as it grows', () => {
    expect(until(405, undefined, long(1000)).warning).toMatchObject({ kind: 'reaches', inMs: 595_000 });
    expect(until(400, undefined, long(100)).warning).toEqual({ kind: 'reached' });
    expect(until(600, () => 500, long(100)).warning).toBeNull();
    expect(until(600, (second) => 9000 - second, long(10_000)).warning).toBeNull();
  });

  it('is none of what is full, for others say so', () => {
    expect(until(1000).warning).toBeNull();
  });

  it('outlasts what it was made of by three minutes, so that noise does not end it', () => {
    const stops = (second: number) => Math.min(second, 900);
    const held = (seconds: number) => until(seconds, stops, full(1100));
    const ended = Array.from({ length: 200 }, (_, n) => 900 + n * 10).find(
      (second) => held(second).forecast.kind === 'steady',
    );
    if (ended === undefined) throw new Error('it never stood still');
    expect(held(ended).warning).toMatchObject({ kind: 'reaches' });
    expect(held(ended + 160).warning).toMatchObject({ kind: 'reaches' });
    expect(held(ended + 170).warning).toBeNull();
  });

  it('ends at once when it goes the other way', () => {
    const drains = (second: number) => (second < 600 ? second : Math.max(0, 600 - 3 * (second - 600)));
    const drained = Array.from({ length: 60 }, (_, n) => 600 + n * 10).find(
      (second) => until(second, drains, long(1000)).forecast.kind === 'reaches',
    );
    if (drained === undefined) throw new Error('it never drained');
    expect(until(drained - 10, drains, long(1000)).warning).not.toBeNull();
    expect(until(drained, drains, long(1000)).warning).toBeNull();
    const empty = after(until(600, undefined, long(1000)), 601, 0, long(1000));
    expect(empty.warning).toBeNull();
    const freed = (second: number) => (second < 600 ? second : Math.max(0, 600 - 3 * (second - 600)));
    const away = Array.from({ length: 60 }, (_, n) => 600 + n * 10).find(
      (second) => until(second, freed).forecast.kind === 'away',
    );
    expect(until(away ?? 0, freed).warning).toBeNull();
  });
});
