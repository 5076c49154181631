import { describe, expect, it } from '@jest/globals';
import {
  serverTimeAfter,
  serverTimeAt,
  wasOff,
  type TimeAnswer,
} from '../../../packages/worker/src/server-time.policy.js';

const answer = (parts: Partial<TimeAnswer> = {}): TimeAnswer => ({
  sentAt: 500,
  tookMs: 20,
  sentWall: 2_000_000,
  serverMs: 1_000_010,
  ...parts,
});

describe('the time of the server', () => {
  it('is that at which a command arrives, so the way there is in it', () => {
    const known = serverTimeAfter(null, answer());
    expect(serverTimeAt(known, 500)).toBe(1_000_010);
    expect(serverTimeAt(known, 2500.4)).toBe(1_002_010);
  });

  it('shows what the wall clock of this process is off by, with half of the way each', () => {
    expect(serverTimeAfter(null, answer()).skewMs).toBe(1_000_000);
    expect(serverTimeAfter(null, answer({ sentWall: 1_000_000 })).skewMs).toBe(0);
  });

  it('leaves the skew as it was when the answer took long: it was not measured', () => {
    const before = serverTimeAfter(null, answer());
    expect(serverTimeAfter(before, answer({ tookMs: 1001, sentWall: 1 })).skewMs).toBe(1_000_000);
    expect(serverTimeAfter(before, answer({ tookMs: 1000, sentWall: 1 })).skewMs).not.toBe(1_000_000);
    expect(serverTimeAfter(null, answer({ tookMs: 1001 })).skewMs).toBe(0);
  });

  it('was off when the clock was set in either direction, and not by a slower way', () => {
    const known = serverTimeAfter(null, answer());
    const later = (offMs: number) => answer({ sentAt: 2500, serverMs: 1_002_010 + offMs });
    expect(wasOff(known, later(0))).toBe(false);
    expect(wasOff(known, later(100))).toBe(false);
    expect(wasOff(known, later(101))).toBe(true);
    expect(wasOff(known, later(-101))).toBe(true);
  });
});
