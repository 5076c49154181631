import type { Sample } from './series.state.js';

/** How fast a number changes, by what pairs of its samples say; per second. */
export interface Trend {
  /** What the pair in the midst of all says. */
  readonly rate: number;
  /** A tenth of all say less. */
  readonly low: number;
  /** A tenth of all say more. */
  readonly high: number;
}

/**
 * A series is made of so many means first: 210 pairs cost some 20 µs, where those of 180 samples would cost 2 ms, and
 * a hundred queues are forecast.
 */
const MEANS = 30;
/** Of two samples closer than this part of the series, a difference says more of the noise than of the trend. */
const APART = 1 / 3;
const TENTH = 0.1;

/**
 * By Theil and Sen: the slope in the midst of those of all pairs of moments far enough apart. A step, a burst, or a
 * tooth of a saw moves few of them. Null when there are not two such moments.
 */
export function trendOf(samples: readonly Sample[]): Trend | null {
  const means = meansOf(samples);
  const [first, last] = [means[0], means.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  const apart = (last.at - first.at) * APART;
  const slopes: number[] = [];
  for (const [index, from] of means.entries()) {
    for (const to of means.slice(index + 1)) {
      if (to.at - from.at >= apart) slopes.push(((to.value - from.value) / (to.at - from.at)) * 1000);
    }
  }
  const sorted = Float64Array.from(slopes).sort();
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  return { rate: at(0.5), low: at(TENTH), high: at(1 - TENTH) };
}

/** 1 when it rises and -1 when it falls, as far as nine pairs of ten agree; 0 when they do not. */
export function directionOf({ low, high }: Trend): -1 | 0 | 1 {
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

function meansOf(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= MEANS) return samples;
  const first = samples[0]?.at ?? 0;
  const width = ((samples.at(-1)?.at ?? first) - first) / MEANS;
  const sums: { at: number; value: number; count: number }[] = [];
  let place = -1;
  for (const { at, value } of samples) {
    const own = Math.min(MEANS - 1, Math.floor((at - first) / width));
    const sum = sums.at(-1);
    if (sum !== undefined && own === place) {
      sum.at += at;
      sum.value += value;
      sum.count += 1;
    } else {
      sums.push({ at, value, count: 1 });
      place = own;
    }
  }
  return sums.map(({ at, value, count }) => ({ at: at / count, value: value / count }));
}
