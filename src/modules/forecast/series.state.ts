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
}

/** So much of the span: after a longer gap the time in between was not watched. */
const GAP_OF_SPAN = 1 / 15;

export function startSeries(watching: Watching = QUARTER_OF_AN_HOUR): Series {
  return { watching, samples: [], latest: null };
}

/** With one more look. Null is a number that could not be read: nothing is learnt, and nothing is lost. */
export function withSample(before: Series, at: number, value: number | null): Series {
  if (value === null || !Number.isFinite(value)) return before;
  const { watching, latest } = before;
  const sample = { at, value };
  // The clock of a server goes back when another one takes over: of what was before, no time is known any more.
  if (latest !== null && at < latest.at) return { watching, samples: [sample], latest: sample };
  const last = before.samples.at(-1);
  if (last !== undefined && at - last.at < watching.everyMs) return { ...before, latest: sample };
  const samples = before.samples.filter((each) => at - each.at <= watching.spanMs);
  samples.push(sample);
  return { watching, samples, latest: sample };
}

/** For how long it was watched, without the gaps in which nobody looked; ms. */
export function watchedMs({ samples, watching }: Series): number {
  const longest = watching.spanMs * GAP_OF_SPAN;
  return samples.reduce((sum, { at }, index) => {
    const gap = at - (samples[index - 1]?.at ?? at);
    return gap > longest ? sum : sum + gap;
  }, 0);
}
