import { expect, it } from '@jest/globals';
import { rateOf } from '../../../src/cli/look/rate.policy.js';

it.each([
  [{ completed: 20, failed: 5 }, 10_000, 2.5],
  [{ completed: 0, failed: 0 }, 1000, 0],
  [{ completed: 20, failed: 0 }, 999, null],
])('of %j in %s ms %s end in a second', (done, overMs, rate) => {
  expect(rateOf({ done: { ...done, more: false }, overMs })).toBe(rate);
});
