import type { Forecast } from './forecast.policy.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Nobody plans by what is further away, and no rate lasts so long. */
const FAR = 30 * DAY;
const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** When the target is reached, for people: `in 40 min to 1 h 10 min`. */
export function inWords(forecast: Forecast): string {
  switch (forecast.kind) {
    case 'too_short':
      return `watched for ${timeInWords(forecast.watchedMs)}: too short to tell`;
    case 'reached':
      return 'now';
    case 'steady':
      return 'no trend that can be told from its noise';
    case 'away':
      return 'never at this rate';
    case 'reaches': {
      const earliest = timeInWords(forecast.earliestMs);
      if (forecast.earliestMs > FAR) return `in ${earliest}`;
      if (forecast.latestMs === null) return `in ${earliest} at the earliest`;
      const latest = timeInWords(forecast.latestMs);
      return earliest === latest ? `in about ${earliest}` : `in ${earliest} to ${latest}`;
    }
  }
}

/** A length of time in two units at most, and no finer than its length: `12 s`, `40 min`, `1 h 10 min`, `3 d 4 h`. */
export function timeInWords(ms: number): string {
  if (ms > FAR) return 'more than 30 d';
  if (ms < MINUTE - SECOND / 2) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR - MINUTE / 2) return `${Math.round(ms / MINUTE)} min`;
  // Of hours, five minutes are exact enough.
  if (ms < DAY - HOUR / 2) return units(ms, HOUR, 'h', 5 * MINUTE, MINUTE, 'min');
  return units(ms, DAY, 'd', HOUR, HOUR, 'h');
}

/** How fast a number of things changes, by the unit of time in which it is a number that can be grasped. */
export function rateInWords(perSecond: number): string {
  const rate = Math.abs(perSecond);
  if (rate >= 1) return `${digits(rate)} per second`;
  return rate * 60 >= 1 ? `${digits(rate * 60)} per minute` : `${digits(rate * 3600)} per hour`;
}

/** A number of bytes as INFO of Redis says it: 1 KB is 1024. */
export function bytesInWords(bytes: number): string {
  const size = Math.abs(bytes);
  const place = UNITS.findIndex((_, index) => Math.round(size / 1024 ** index) < 1024);
  const index = place === -1 ? UNITS.length - 1 : place;
  return `${digits(size / 1024 ** index)} ${UNITS[index]}`;
}

function digits(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : String(Math.round(value));
}

function units(ms: number, big: number, bigName: string, step: number, small: number, smallName: string) {
  const rounded = Math.round(ms / step) * step;
  const rest = Math.round((rounded % big) / small);
  const whole = `${Math.floor(rounded / big)} ${bigName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}
