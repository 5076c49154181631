import { describe, expect, it } from '@jest/globals';
import { rebased } from '../../../src/modules/heartbeat/assess/rebase.policy.js';
import { heartbeat, NOON } from './given.js';

const HOUR = 3_600_000;
const parts = {
  active: [
    { id: '1', startedAgeMs: 500, progressAgeMs: 200, attempt: 1 },
    { id: '2', startedAgeMs: 700, progressAgeMs: null, attempt: 2, stuckAfterMs: 9000 },
  ],
  lastPickupAgeMs: 300,
  lastCompletedAgeMs: 400,
  idleWhileWaitingMs: 250,
};

describe('a heartbeat whose time is later than now', () => {
  it('is moved to now with every time in it, for the clock of Redis went back', () => {
    expect(rebased(heartbeat(NOON + HOUR, { ...parts, sequence: 7 }), NOON)).toEqual(
      heartbeat(NOON, { ...parts, sequence: 7 }),
    );
  });

  it('is moved when it is later by more than a second, and stays as it is by less', () => {
    const one = heartbeat(NOON + 1000, parts);
    expect(rebased(one, NOON)).toBe(one);
    const more = heartbeat(NOON + 1001, { ...parts, sequence: 7 });
    expect(rebased(more, NOON)).toEqual(heartbeat(NOON, { ...parts, sequence: 7 }));
  });

  it('has no times that it did not have', () => {
    expect(rebased(heartbeat(NOON + HOUR), NOON)).toMatchObject({
      lastPickupAt: null,
      lastCompletedAt: null,
      idleWhileWaitingSince: null,
      active: [],
    });
  });
});

it('a heartbeat of now, or of long ago, stays as it is', () => {
  for (const at of [NOON, NOON - HOUR]) {
    const given = heartbeat(at, parts);
    expect(rebased(given, NOON)).toBe(given);
  }
});
