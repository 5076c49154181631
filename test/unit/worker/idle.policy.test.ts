import { describe, expect, it } from '@jest/globals';
import { idleness, NOT_IDLE } from '../../../packages/worker/src/idle.policy.js';

describe('time that a worker idles while jobs wait', () => {
  const look = {
    now: 1000,
    waiting: true,
    limit: null,
    limitsKnown: true,
    workerTakesJobs: true,
    slotsFree: true,
    pickedUp: 3,
  };

  it('runs from the first look on, and begins anew with every pickup', () => {
    const first = idleness(NOT_IDLE, look);
    expect(first).toEqual({ since: 1000, suspectedAt: 1000, pickedUp: 3 });
    expect(idleness(first, { ...look, now: 9000 })).toEqual({ since: 1000, suspectedAt: 1000, pickedUp: 3 });
    expect(idleness(first, { ...look, now: 9000, pickedUp: 4 })).toEqual({
      since: 9000,
      suspectedAt: 9000,
      pickedUp: 4,
    });
  });

  it('runs from the first look on though nothing was ever picked up', () => {
    expect(NOT_IDLE).toEqual({ since: null, suspectedAt: null, pickedUp: 0 });
    expect(idleness(NOT_IDLE, { ...look, pickedUp: 0 })).toEqual({
      since: 1000,
      suspectedAt: 1000,
      pickedUp: 0,
    });
  });

  it('is not made shorter by what was picked up before it began', () => {
    const busy = idleness(
      { since: 1, suspectedAt: 1, pickedUp: 3 },
      { ...look, slotsFree: false, pickedUp: 9 },
    );
    expect(busy).toEqual({ since: null, suspectedAt: null, pickedUp: 9 });
    const idle = idleness(busy, { ...look, now: 2000, pickedUp: 9 });
    expect(idleness(idle, { ...look, now: 9000, pickedUp: 9 }).since).toBe(2000);
  });

  it.each([
    ['nothing waits', { waiting: false }],
    ['the queue is paused', { limit: { kind: 'pause' } as const }],
    ['the queue is at its limit', { limit: { kind: 'concurrency', limit: 1 } as const }],
    ['the worker is paused', { workerTakesJobs: false }],
    ['no slot is free', { slotsFree: false }],
    ['a rate limit holds it', { limit: { kind: 'rate', leftMs: 20_000 } as const }],
  ])('does not run while %s', (_, parts) => {
    const before = { since: 1, suspectedAt: 1, pickedUp: 2 };
    expect(idleness(before, { ...look, ...parts })).toEqual({ ...NOT_IDLE, pickedUp: 3 });
  });

  it('is told only once every limit was looked at, and then from the first look on', () => {
    const doubtful = { ...look, limitsKnown: false };
    const suspected = idleness(NOT_IDLE, doubtful);
    expect(suspected.since).toBeNull();
    const known = idleness(suspected, { ...look, now: 1400 });
    expect(known.since).toBe(1000);
    // It goes on though a look is old by now, and not beyond a pickup.
    expect(idleness(known, { ...doubtful, now: 1600 }).since).toBe(1000);
    const picked = idleness(known, { ...doubtful, now: 1600, pickedUp: 4 });
    expect(picked).toEqual({ since: null, suspectedAt: 1600, pickedUp: 4 });
  });
});
