import { describe, expect, it } from '@jest/globals';
import type { Forecast } from '../../../src/modules/forecast/forecast.policy.js';
import {
  bytesInWords,
  inWords,
  rateInWords,
  timeInWords,
} from '../../../src/modules/forecast/words.policy.js';
import { MINUTE, SECOND } from './given.js';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const reaches = (earliestMs: number, latestMs: number | null): Forecast => ({
  kind: 'reaches',
  ratePerSecond: 1,
  inMs: earliestMs,
  earliestMs,
  latestMs,
});

describe('a forecast in words', () => {
  it.each<[Forecast, string]>([
    [{ kind: 'too_short', watchedMs: 12_000, neededMs: 120_000 }, 'watched for 12 s: too short to tell'],
    [{ kind: 'reached' }, 'now'],
    [{ kind: 'steady', ratePerSecond: 0.01 }, 'no trend that can be told from its noise'],
    [{ kind: 'away', ratePerSecond: 1 }, 'never at this rate'],
    [reaches(40 * MINUTE, 70 * MINUTE), 'in 40 min to 1 h 10 min'],
    [reaches(40 * MINUTE, 40 * MINUTE + SECOND), 'in about 40 min'],
    [reaches(40 * MINUTE, null), 'in 40 min at the earliest'],
    [reaches(20 * DAY, 31 * DAY), 'in 20 d to more than 30 d'],
    [reaches(31 * DAY, 50 * DAY), 'in more than 30 d'],
    [reaches(31 * DAY, null), 'in more than 30 d'],
  ])('%j', (given, words) => {
    expect(inWords(given)).toBe(words);
  });
});

describe('a time in words', () => {
  it.each([
    [0, '0 s'],
    [12_400, '12 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [95_000, '2 min'],
    [59.4 * MINUTE, '59 min'],
    [59.5 * MINUTE, '1 h'],
    [HOUR, '1 h'],
    [HOUR + 12 * MINUTE, '1 h 10 min'],
    [HOUR + 58 * MINUTE, '2 h'],
    [23.4 * HOUR, '23 h 25 min'],
    [23.5 * HOUR, '1 d'],
    [DAY, '1 d'],
    [DAY + 2 * HOUR, '1 d 2 h'],
    [30 * DAY, '30 d'],
    [30 * DAY + 1, 'more than 30 d'],
    [Infinity, 'more than 30 d'],
  ])('%d ms are %s', (ms, words) => {
    expect(timeInWords(ms)).toBe(words);
  });
});

describe('a rate in words', () => {
  it.each([
    [5.04, '5 per second'],
    [5.25, '5.3 per second'],
    [-120.4, '120 per second'],
    [1, '1 per second'],
    [0.9, '54 per minute'],
    [1 / 60, '1 per minute'],
    [1 / 120, '30 per hour'],
    [0, '0 per hour'],
  ])('%d per second are %s', (rate, words) => {
    expect(rateInWords(rate)).toBe(words);
  });
});

describe('a number of bytes in words', () => {
  const MB = 1024 * 1024;
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KB'],
    [-1536, '1.5 KB'],
    [MB - 1, '1 MB'],
    [24.04 * MB, '24 MB'],
    [3 * 1024 * MB, '3 GB'],
    [5000 * 1024 * 1024 * MB, '5000 TB'],
  ])('%d are %s', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });
});
