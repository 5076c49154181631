import { describe, expect, it } from '@jest/globals';
import { isLeaked, nextLeak, type PoolLeak } from '../../../src/modules/database/pool-leak.policy.js';

const MINUTE = 60_000;
const EXHAUSTED = 'database.pool_exhausted';

/** Looks every 2 s from `from` to `to`. */
function looked(from: number, to: number, releases: (now: number) => number, before: PoolLeak | null = null) {
  let leak = before;
  for (let now = from; now <= to; now += 2000) {
    leak = nextLeak(leak, { code: EXHAUSTED, releases: releases(now) }, now);
  }
  return leak;
}

describe('a pool that keeps its connections', () => {
  it('is leaked once nothing has come back for a minute', () => {
    expect(
      isLeaked(
        looked(0, 58_000, () => 7),
        MINUTE,
        58_000,
      ),
    ).toBe(false);
    expect(
      isLeaked(
        looked(0, 60_000, () => 7),
        MINUTE,
        60_000,
      ),
    ).toBe(true);
  });

  it('is busy, not leaked, while connections come back, however slowly', () => {
    const slowly = looked(0, 600_000, (now) => Math.floor(now / 50_000));
    expect(isLeaked(slowly, MINUTE, 600_000)).toBe(false);
  });

  it.each(['database.healthy', 'database.unresponsive', 'database.unreachable', 'database.pool_busy'])(
    'counts from the start after %s',
    (code) => {
      const leak = nextLeak(
        looked(0, 60_000, () => 7),
        { code, releases: 7 },
        62_000,
      );
      expect(isLeaked(leak, MINUTE, 62_000)).toBe(false);
      expect(
        isLeaked(
          looked(64_000, 122_000, () => 7, leak),
          MINUTE,
          122_000,
        ),
      ).toBe(false);
      expect(
        isLeaked(
          looked(64_000, 124_000, () => 7, leak),
          MINUTE,
          124_000,
        ),
      ).toBe(true);
    },
  );

  it('is not known to be leaked when nobody has looked for a while', () => {
    const leak = looked(0, 80_000, () => 7);
    expect(isLeaked(leak, MINUTE, 95_000)).toBe(true);
    expect(isLeaked(leak, MINUTE, 95_001)).toBe(false);
  });
});
