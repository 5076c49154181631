import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from '../../../src/modules/kernel/retry-after.policy.js';

describe('the header Retry-After', () => {
  it.each([
    ['7', 7000],
    ['0', 0],
    ['1.5', 1500],
    ['0.0006', 1],
    [' 120 ', 120_000],
    ['999999999', 999_999_999_000],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 5000],
    ['Thu, 01 Jan 1970 00:00:04 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:09 +0000', 5000],
    ['Thursday, 01-Jan-70 00:00:09 GMT', 5000],
    ['Thu Jan  1 00:00:09 1970 GMT', 5000],
    ['1970-01-01T00:00:09Z', 5000],
    ['later', null],
    ['wait 2030', null],
    ['Thu 2030', null],
    ['x Thu, 01 Jan 1970 00:00:09 GMT', null],
    ['2030', 2_030_000],
    ['2030-01-01', null],
    ['Thu, 99 Jan 1970 00:00:09 GMT', null],
    ['-5', null],
    ['1e3', null],
    ['7.', null],
    ['in 7 s, or so', null],
    ['7 seconds', null],
    ['9999999999', null],
    ['', null],
    [undefined, null],
  ])('%j is %s ms from the fourth second', (header, ms) => {
    expect(retryAfterMs(header, 4000)).toBe(ms);
  });
});
