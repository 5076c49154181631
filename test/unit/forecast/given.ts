import { startSeries, withSample, type Series, type Watching } from '../../../src/modules/forecast/index.js';

export const NOON = 1_800_000_000_000;
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A series of one look every five seconds, for so many minutes: what a function of the minute says. */
export function watched(minutes: number, valueAt: (minute: number) => number, watching?: Watching): Series {
  let series = startSeries(watching);
  for (let at = 0; at <= minutes * MINUTE; at += 5 * SECOND)
    series = withSample(series, NOON + at, valueAt(at / MINUTE));
  return series;
}

/** Noise of the same height at every run, between -1 and 1: no two tests may differ by luck. */
export function noise(minute: number): number {
  const value = Math.sin(minute * 12_989.8) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}
