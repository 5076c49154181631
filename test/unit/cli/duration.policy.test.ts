import { expect, it } from '@jest/globals';
import { durationMs } from '../../../src/cli/look/duration.policy.js';

it.each([
  ['10s', 10_000],
  ['10', 10_000],
  [' 1.5s ', 1500],
  ['1500ms', 1500],
  ['2m', 120_000],
  ['10min', 600_000],
  ['999ms', null],
  ['11m', null],
  ['-5s', null],
  ['5h', null],
  ['1e3', null],
  ['', null],
])('%s is %s ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
