import { describe, expect, it } from '@jest/globals';
import { bodyIsTooSlow } from '../../../src/modules/http/server/body-rate.policy.js';

const STARTED = 50_000;
const BEFORE = 700;
/** After so many ms, of a connection that had read something else before. */
const tooSlow = (elapsedMs: number, bytes: number) =>
  bodyIsTooSlow({ startedAt: STARTED, bytesBefore: BEFORE }, BEFORE + bytes, STARTED + elapsedMs);

describe('a body that is not complete yet', () => {
  it.each([0, 1, 1999])('is asked nothing in its first two seconds, as after %i ms', (elapsedMs) => {
    expect(tooSlow(elapsedMs, 0)).toBe(false);
  });

  it.each([
    [2000, 1023, true],
    [2000, 1024, false],
    [2001, 1024, true],
    [4000, 2047, true],
    [4000, 2048, false],
    [8000, 4095, true],
    [8000, 4096, false],
  ])(
    'is to come at 512 bytes a second: after %i ms with %i bytes too slow is %s',
    (elapsedMs, bytes, slow) => {
      expect(tooSlow(elapsedMs, bytes)).toBe(slow);
    },
  );

  it('is too slow after eight seconds, however much has come', () => {
    expect(tooSlow(8000, 9_000_000)).toBe(false);
    expect(tooSlow(8001, 9_000_000)).toBe(true);
  });
});
