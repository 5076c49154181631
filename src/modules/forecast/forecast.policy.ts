import { watchedMs, type Sample, type Series } from './series.state.js';
import { directionOf, trendOf, type Trend } from './trend.policy.js';

/** Where a number may come to: memory that is full, a backlog that is drained. */
export interface Target {
  readonly value: number;
  /** Whether it is reached from below or from above. */
  readonly when: 'at_least' | 'at_most';
}

export const DRAINED: Target = { value: 0, when: 'at_most' };

/** Where a number goes. Rates are per second, and negative for what becomes less; times are ms from the newest sample. */
export type Forecast =
  | { readonly kind: 'too_short'; readonly watchedMs: number; readonly neededMs: number }
  /** It is there. */
  | { readonly kind: 'reached' }
  /** No trend that can be told from its noise. */
  | { readonly kind: 'steady'; readonly ratePerSecond: number }
  /** It goes the other way: at this rate it is never reached. */
  | { readonly kind: 'away'; readonly ratePerSecond: number }
  | {
      readonly kind: 'reaches';
      readonly ratePerSecond: number;
      readonly inMs: number;
      readonly earliestMs: number;
      /** Null when it may as well never be. */
      readonly latestMs: number | null;
    };

/** The newest part of what was watched is looked at by itself too: there a rate that changed shows first. */
const RECENT = 1 / 3;
/** Of a trend of the whole, what is left of it in the newest part when it goes on, and not when it was a step. */
const GOES_ON = 1 / 4;
/** What only the newest part shows is a trend when it leaves what was seen before by so much of its height. */
const NEW_GROUND = 1 / 5;

/** When a number reaches its target at the rate at which it was seen to change. */
export function forecast(series: Series, target: Target): Forecast {
  const { latest, watching, samples } = series;
  if (latest !== null && distance(latest.value, target) <= 0) return { kind: 'reached' };
  const watched = watchedMs(series);
  const whole = watched < watching.neededMs ? null : trendOf(samples);
  if (latest === null || whole === null) {
    return { kind: 'too_short', watchedMs: watched, neededMs: watching.neededMs };
  }
  const trend = told(samples, latest, whole);
  if (trend === null) return { kind: 'steady', ratePerSecond: whole.rate };
  const { rate, low, high } = trend;
  const towards = target.when === 'at_least' ? 1 : -1;
  if (directionOf(trend) !== towards) return { kind: 'away', ratePerSecond: rate };
  const left = distance(latest.value, target);
  const [slow, fast] = towards === 1 ? [low, high] : [-high, -low];
  return {
    kind: 'reaches',
    ratePerSecond: rate,
    inMs: inMs(left, Math.abs(rate)),
    earliestMs: inMs(left, fast),
    latestMs: slow > 0 ? inMs(left, slow) : null,
  };
}

/** How far it is to the target; 0 and less when it is reached. */
function distance(value: number, target: Target): number {
  return target.when === 'at_least' ? target.value - value : value - target.value;
}

const inMs = (left: number, ratePerSecond: number) => Math.round((left / ratePerSecond) * 1000);

/** The trend that goes on, of the whole and of its newest part; null when there is none. */
function told(samples: readonly Sample[], latest: Sample, whole: Trend): Trend | null {
  const begin = latest.at - (latest.at - (samples[0]?.at ?? latest.at)) * RECENT;
  const recent = trendOf(samples.filter(({ at }) => at >= begin));
  if (recent === null) return null;
  const [long, short] = [directionOf(whole), directionOf(recent)];
  if (long !== 0 && long === short) return overlap(whole, recent) ? both(whole, recent) : recent;
  if (long !== 0) return goesOn(whole, recent) ? whole : null;
  if (short === 0) return null;
  // A backlog that falls after an import falls; what rises may be the next tooth of a saw.
  if (short === -1) return recent;
  const earlier = samples.filter(({ at }) => at < begin).map(({ value }) => value);
  const [least, most] = [Math.min(...earlier), Math.max(...earlier)];
  return latest.value > most + (most - least) * NEW_GROUND ? recent : null;
}

function goesOn({ rate }: Trend, recent: Trend): boolean {
  return recent.low <= rate && rate <= recent.high && recent.rate / rate >= GOES_ON;
}

const overlap = (a: Trend, b: Trend) => a.low <= b.high && b.low <= a.high;

const both = (whole: Trend, recent: Trend): Trend => ({
  rate: whole.rate,
  low: Math.min(whole.low, recent.low),
  high: Math.max(whole.high, recent.high),
});
