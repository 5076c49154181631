import { describe, expect, it } from '@jest/globals';
import { canarySent, nextCanary, NO_CANARY } from '../../../src/modules/heartbeat/canary/canary.state.js';

const limits = { intervalMs: 60_000, allowedWaitMs: 10_000 };
const free = { echoes: [], free: true, mayTravel: true };
const busy = { ...free, free: false };

describe('a canary that is due', () => {
  it('is sent at once, and then once an interval', () => {
    const first = nextCanary(NO_CANARY, free, limits, 0);
    expect(first.effect).toEqual({ kind: 'send' });
    expect(first.state).toEqual({ sent: null, lastSentAt: 0, freeSince: 0, lostSince: null });
    const early = nextCanary(first.state, free, limits, 59_999);
    expect(early).toEqual({ state: first.state, effect: null });
    const due = nextCanary(first.state, free, limits, 60_000);
    expect(due.effect).toEqual({ kind: 'send' });
    expect(due.state.lastSentAt).toBe(60_000);
  });

  it.each([
    ['no slot is free', { free: false }, null],
    ['something waits before it', { mayTravel: false }, 5],
  ])('is not sent while %s', (_, parts, freeSince) => {
    const held = nextCanary(NO_CANARY, { ...free, ...parts }, limits, 5);
    expect(held).toEqual({ state: { ...NO_CANARY, freeSince }, effect: null });
  });

  it('is sent while the one before is lost, and stays so until one comes back', () => {
    const lost = { ...NO_CANARY, lastSentAt: 0, lostSince: 11_001 };
    const next = nextCanary(lost, free, limits, 60_000);
    expect(next.effect).toEqual({ kind: 'send' });
    expect(next.state.lostSince).toBe(11_001);
  });
});

describe('a canary on its way', () => {
  const under = canarySent({ ...NO_CANARY, freeSince: 0, lastSentAt: 1000 }, 'n', 1000);

  it('is known by its nonce and by when the queue took it', () => {
    expect(under).toEqual({
      sent: { nonce: 'n', at: 1000 },
      lastSentAt: 1000,
      freeSince: 0,
      lostSince: null,
    });
  });

  it('is the only one, however long ago it was sent', () => {
    expect(nextCanary(under, busy, limits, 500_000).effect).toBeNull();
  });

  it('is lost after the allowed wait, and withdrawn', () => {
    expect(nextCanary(under, free, limits, 11_000)).toEqual({ state: under, effect: null });
    const lost = nextCanary(under, free, limits, 11_001);
    expect(lost.effect).toEqual({ kind: 'withdraw', nonce: 'n' });
    expect(lost.state).toEqual({ ...under, sent: null, lostSince: 11_001 });
  });

  it('is lost since the first that never came back', () => {
    const again = nextCanary({ ...under, lostSince: 5 }, free, limits, 11_001);
    expect(again.state.lostSince).toBe(5);
  });

  it('does not count the time in which it could not have run', () => {
    const held = nextCanary(under, busy, limits, 30_000);
    expect(held).toEqual({ state: { ...under, freeSince: null }, effect: null });
    expect(nextCanary(under, busy, { ...limits, allowedWaitMs: 0 }, 30_000).effect).toBeNull();
    const freed = nextCanary(held.state, free, limits, 35_000);
    expect(freed).toEqual({ state: { ...under, freeSince: 35_000 }, effect: null });
    expect(nextCanary(freed.state, free, limits, 45_000).effect).toBeNull();
    expect(nextCanary(freed.state, free, limits, 45_001).effect).not.toBeNull();
  });

  it('mends the verdict when it comes back, however late', () => {
    const lost = { ...under, lostSince: 5 };
    const back = nextCanary(lost, { ...free, echoes: ['m', 'n'] }, limits, 90_000);
    expect(back).toEqual({ state: { ...under, sent: null, lostSince: null }, effect: null });
  });

  it('is not mended by another that comes back', () => {
    const other = nextCanary(under, { ...free, echoes: ['m'] }, limits, 11_001);
    expect(other.effect).toEqual({ kind: 'withdraw', nonce: 'n' });
  });
});
