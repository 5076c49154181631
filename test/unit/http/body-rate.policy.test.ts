import { describe, expect, it } from '@jest/globals';
import { bodyIsTooSlow } from '../../../src/modules/http/server/body-rate.policy.js';

const body = { startedAt: 1000, bytesBefore: 700 };
/** Of a body that has come so far so many ms after it began. */
const tooSlow = (afterMs: number, bytes: number) => bodyIsTooSlow(body, 700 + bytes, 1000 + afterMs);

describe('a body that is not complete yet', () => {
  it('is asked nothing for two seconds: a connection warms up, a client thinks', () => {
    expect(tooSlow(0, 0)).toBe(false);
    expect(tooSlow(1999, 0)).toBe(false);
    expect(tooSlow(2000, 0)).toBe(true);
  });

  it.each([
    [2000, 1024],
    [2500, 1280],
    [8000, 4096],
  ])('must have come at 512 bytes a second: within %i ms %i of them', (afterMs, bytes) => {
    expect(tooSlow(afterMs, bytes)).toBe(false);
    expect(tooSlow(afterMs, bytes - 1)).toBe(true);
  });

  it('is waited for eight seconds, however fast it comes', () => {
    expect(tooSlow(8000, 1e9)).toBe(false);
    expect(tooSlow(8001, 1e9)).toBe(true);
  });
});
