/** One look at a number. `at` is epoch ms by any one clock; the server's, where it tells. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** How a number is watched; ms. */
export interface Watching {
  /** What is older is forgotten. */
  readonly spanMs: number;
  /** One sample in so many ms is kept: 180 of a quarter of an hour. */
  readonly everyMs: number;
  /** With less than this nothing is said of where it goes. */
  readonly neededMs: number;
}

export const QUARTER_OF_AN_HOUR: Watching = { spanMs: 900_000, everyMs: 5000, neededMs: 120_000 };

/** The last quarter of an hour of one number, the oldest first. */
export interface Series {
  readonly watching: Watching;
  readonly samples: readonly Sample[];
  /** The newest of all, kept or not; null before the first. */
  readonly latest: Sample | null;
  readonly falls: boolean;
  /** The most since it rises, or the least since it falls; null before the first. */
  readonly edge: number | null;
  /** The two highest tops of a day from which it fell, the highest first; `at` is when that was seen. */
  readonly tops: readonly Sample[];
  /** When it fell from a top last, and the time before that, from whatever height; -Infinity for never. */
  readonly fellAt: readonly [before: number, last: number];
}

/** So much of the span: after a longer gap the time in between was not watched. */
const GAP_OF_SPAN = 1 / 15;

/** So much of a top is gone when it falls, and so much is added to the least when it rises again. */
const FALLEN = 1 / 5;
const RISEN = 1 / 4;
/** So many spans: what a saw of a day or a daily batch comes to is known on the next day. */
const REMEMBERED = 104;

export function startSeries(watching: Watching = QUARTER_OF_AN_HOUR): Series {
  return {
    watching,
    samples: [],
    latest: null,
    falls: false,
    edge: null,
    tops: [],
    fellAt: [-Infinity, -Infinity],
  };
}

/** With one more look. Null is a number that could not be read: nothing is learnt, and nothing is lost. */
export function withSample(before: Series, at: number, value: number | null): Series {
  if (value === null || !Number.isFinite(value)) return before;
  const { watching, latest } = before;
  // The clock of a server goes back when another one takes over: of what was before, no time is known any more.
  if (latest !== null && at < latest.at) return withSample(startSeries(watching), at, value);
  const sample = { at, value };
  const next = { ...before, latest: sample, ...turned(before, sample) };
  const last = before.samples.at(-1);
  if (last !== undefined && at - last.at < watching.everyMs) return next;
  const samples = before.samples.filter((each) => at - each.at <= watching.spanMs);
  samples.push(sample);
  return { ...next, samples };
}

type Turns = Pick<Series, 'falls' | 'edge' | 'tops' | 'fellAt'>;

function turned(before: Series, { at, value }: Sample): Turns {
  const { falls, fellAt, watching } = before;
  const edge = before.edge ?? value;
  const tops = before.tops.filter((each) => at - each.at <= watching.spanMs * REMEMBERED);
  if (falls) {
    const rises = value > edge * (1 + RISEN);
    return { falls: !rises, edge: rises ? value : Math.min(edge, value), tops, fellAt };
  }
  if (value >= edge * (1 - FALLEN)) return { falls, edge: Math.max(edge, value), tops, fellAt };
  const highest = [...tops, { at, value: edge }].sort((a, b) => b.value - a.value).slice(0, 2);
  return { falls: true, edge: value, tops: highest, fellAt: [fellAt[1], at] };
}

/** For how long it was watched, without the gaps in which nobody looked; ms. */
export function watchedMs({ samples, watching }: Series): number {
  const longest = watching.spanMs * GAP_OF_SPAN;
  return samples.reduce((sum, { at }, index) => {
    const gap = at - (samples[index - 1]?.at ?? at);
    return gap > longest ? sum : sum + gap;
  }, 0);
}
