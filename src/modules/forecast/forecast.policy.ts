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
const NEWEST = 1 / 3;
/** Of a trend, so much at least is to be seen in its newest part: there is nothing of a step. */
const GOES_ON = 1 / 4;
/** What only the newest part shows is a trend when it leaves what was seen before by so much of its height. */
const NEW_GROUND = 1 / 5;
/** A tooth that comes so little further than those before it is as one of them. */
const SLACK = 1 / 5;
const FULL = 9 / 10;
/** Rates of what is to come differ from those that were seen by so much at least: the backtest shows it. */
const UNSURE = 1 / 6;

/** When a number reaches its target at the rate at which it was seen to change. */
export function forecast(series: Series, target: Target): Forecast {
  const { latest, watching, samples } = series;
  if (isReached(series, target)) return { kind: 'reached' };
  const watched = watchedMs(series);
  const whole = watched < watching.neededMs ? null : trendOf(samples);
  if (latest === null || whole === null) {
    return { kind: 'too_short', watchedMs: watched, neededMs: watching.neededMs };
  }
  const trend = told(samples, whole);
  if (trend === null || isKnownRise(series, trend, target))
    return { kind: 'steady', ratePerSecond: whole.rate };
  const { rate, low, high } = trend;
  const towards = target.when === 'at_least' ? 1 : -1;
  if (directionOf(trend) !== towards) return { kind: 'away', ratePerSecond: rate };
  const left = distance(latest.value, target);
  const [slow, fast] = towards === 1 ? [low, high] : [-high, -low];
  return {
    kind: 'reaches',
    ratePerSecond: rate,
    inMs: inMs(left, Math.abs(rate)),
    earliestMs: inMs(left, fast * (1 + UNSURE)),
    latestMs: slow > 0 ? inMs(left, slow * (1 - UNSURE)) : null,
  };
}

/** By the newest look. */
export function isReached({ latest }: Series, target: Target): boolean {
  return latest !== null && distance(latest.value, target) <= 0;
}

/** How far it is to the target; 0 and less when it is reached. */
function distance(value: number, target: Target): number {
  return target.when === 'at_least' ? target.value - value : value - target.value;
}

const inMs = (left: number, ratePerSecond: number) => Math.round((left / ratePerSecond) * 1000);

/** The trend that goes on, of the whole and of its newest part; null when there is none. */
function told(samples: readonly Sample[], whole: Trend): Trend | null {
  const newest = newestOf(samples);
  const [recent, last] = [trendOf(newest), trendOf(newestOf(newest))];
  if (recent === null || last === null) return null;
  const [long, short] = [directionOf(whole), directionOf(recent)];
  const wholeGoesOn = long !== 0 && goesOn(whole, recent);
  if (wholeGoesOn && short === 0 && holds(recent, whole.rate)) return whole;
  if (short === 0 || !goesOn(recent, last)) return null;
  if (wholeGoesOn && overlap(whole, recent)) return both(whole, recent);
  // A backlog that falls after an import falls; what rises may be the next tooth of a saw.
  return short === -1 || long === 1 || isNewGround(samples, newest) ? recent : null;
}

function newestOf(samples: readonly Sample[]): readonly Sample[] {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  return samples.filter(({ at }) => last - at <= (last - first) * NEWEST);
}

function isNewGround(samples: readonly Sample[], newest: readonly Sample[]): boolean {
  const earlier = samples.slice(0, -newest.length).map(({ value }) => value);
  const [least, most] = [Math.min(...earlier), Math.max(...earlier)];
  return (newest.at(-1)?.value ?? least) > most + (most - least) * NEW_GROUND;
}

/** It rises, and no further yet than it is known to go before it falls again. */
function isKnownRise(series: Series, { rate }: Trend, target: Target): boolean {
  const { tops, fellAt, latest, samples, watching } = series;
  // Of a saw of which two teeth are watched, it is seen whether they rise.
  if (latest === null || rate <= 0 || fellAt[0] >= (samples[0]?.at ?? 0)) return false;
  // Just after a fall hardly any pair of moments knows of it.
  if (latest.at - fellAt[1] <= watching.spanMs * NEWEST * NEWEST) return true;
  // Once is an event, and twice a habit; but where it was full, it did not turn by itself.
  const [, known] = tops;
  if (known === undefined || (target.when === 'at_least' && known.value >= target.value * FULL)) return false;
  return latest.value <= known.value * (1 + SLACK);
}

const goesOn = (before: Trend, after: Trend) => after.rate / before.rate >= GOES_ON;

const holds = ({ low, high }: Trend, rate: number) => low <= rate && rate <= high;

const overlap = (a: Trend, b: Trend) => a.low <= b.high && b.low <= a.high;

const both = (whole: Trend, recent: Trend): Trend => ({
  rate: whole.rate,
  low: Math.min(whole.low, recent.low),
  high: Math.max(whole.high, recent.high),
});
