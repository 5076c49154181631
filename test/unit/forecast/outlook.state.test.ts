import { describe, expect, it } from '@jest/globals';
import { DRAINED } from '../../../src/modules/forecast/forecast.policy.js';
import { nextOutlook, startOutlook, type Outlook } from '../../../src/modules/forecast/outlook.state.js';
import { NOON } from './given.js';

const FULL = { value: 1000, when: 'at_least' } as const;
const after = (seconds: number, value: number | null, before: Outlook = startOutlook(), target = FULL) =>
  nextOutlook(before, { at: NOON + seconds * 1000, value }, target);
const risen = (seconds: number) => {
  let outlook = startOutlook();
  for (let at = 0; at <= seconds; at += 5) outlook = after(at, at, outlook);
  return outlook;
};

describe('an outlook', () => {
  it('is too short at first', () => {
    expect(startOutlook()).toMatchObject({
      target: null,
      forecast: { kind: 'too_short', watchedMs: 0, neededMs: 120_000 },
    });
    expect(after(0, 5).forecast.kind).toBe('too_short');
    expect(after(0, null).forecast.kind).toBe('too_short');
  });

  it('says where it goes when it was watched for long enough', () => {
    expect(risen(200).forecast).toMatchObject({ kind: 'reaches', inMs: 800_000 });
  });

  it('is reckoned anew every ten seconds, and every look is kept', () => {
    const before = risen(200);
    const soon = after(205, 205, before);
    expect(soon.forecast).toBe(before.forecast);
    expect(soon.series.latest?.value).toBe(205);
    expect(after(209.999, 210, soon).forecast).toBe(before.forecast);
    expect(after(210, 210, soon).forecast).toMatchObject({ inMs: 790_000 });
  });

  it('is reckoned at once for another target', () => {
    const before = risen(200);
    expect(after(201, 201, before, { ...FULL, value: 2000 } as never).forecast).not.toBe(before.forecast);
    expect(nextOutlook(before, { at: NOON + 201_000, value: 201 }, DRAINED).forecast.kind).toBe('away');
    const same = nextOutlook(before, { at: NOON + 201_000, value: 201 }, { ...DRAINED, value: 1000 });
    expect(same.forecast.kind).toBe('reached');
  });

  it('says at once that it is reached, and that it no longer is', () => {
    const there = after(201, 1000, risen(200));
    expect(there.forecast.kind).toBe('reached');
    expect(after(202, 999, there).forecast.kind).toBe('reaches');
    const drained = nextOutlook(startOutlook(), { at: NOON, value: 0 }, DRAINED);
    expect(drained.forecast.kind).toBe('reached');
    expect(nextOutlook(drained, { at: NOON + 1, value: 1 }, DRAINED).forecast.kind).toBe('too_short');
  });

  it('begins anew with a clock that went back', () => {
    expect(after(100, 5, risen(200)).forecast).toMatchObject({ kind: 'too_short', watchedMs: 0 });
  });
});
