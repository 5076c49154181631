import { forecast, isReached, type Forecast, type Target } from './forecast.policy.js';
import { startSeries, watchedMs, withSample, type Series, type Watching } from './series.state.js';

/** What is asked of a number. */
export interface Question {
  /** What people wait for: memory that is full, a backlog that is drained. */
  readonly target: Target;
  /** What they are warned of: mostly the same, of a backlog that it is too long. */
  readonly warnOf: Target;
}

/** A number that is watched, and where it goes by the last reckoning. */
export interface Outlook {
  readonly series: Series;
  readonly question: Question | null;
  readonly forecast: Forecast;
  /** When it reaches what is warned of; null while that is not near. */
  readonly warning: Forecast | null;
  /** When the warning was last found true, and when all was last reckoned, by the clock of the samples. */
  readonly warnedAt: number;
  readonly at: number;
}

/** A reckoning costs some 100 µs, and says nothing new until two more samples are there. */
const AGAIN_AFTER_SAMPLES = 2;
/** Nobody is told of the first tooth of a saw: so much of the span is watched before. */
const WATCHED = 1 / 3;
/** Nobody sees further ahead than so many times as long as he has looked back: an hour, of a quarter of an hour. */
const AHEAD = 4;
/** So much of the span a warning outlasts what it was made of, so that noise does not end it again and again. */
const HELD = 1 / 5;

export function startOutlook(watching?: Watching): Outlook {
  const series = startSeries(watching);
  const { neededMs } = series.watching;
  return {
    series,
    question: null,
    forecast: { kind: 'too_short', watchedMs: 0, neededMs },
    warning: null,
    warnedAt: -Infinity,
    at: -Infinity,
  };
}

/** After one more look. */
export function nextOutlook(
  before: Outlook,
  look: { readonly at: number; readonly value: number | null },
  question: Question,
): Outlook {
  const series = withSample(before.series, look.at, look.value);
  const sinceMs = look.at - before.at;
  const known = sinceMs >= 0 && sinceMs < AGAIN_AFTER_SAMPLES * series.watching.everyMs;
  // Whether it is reached needs no reckoning, and is said at once; so is that it no longer is.
  const reached = isReached(series, question.target) === (before.forecast.kind === 'reached');
  if (known && reached && isSame(before.question, question)) return { ...before, series };
  const said = forecast(series, question.target);
  const near = nearOf(series, said, question);
  const held = sinceMs >= 0 && look.at - before.warnedAt < HELD * series.watching.spanMs;
  return {
    series,
    question,
    forecast: said,
    warning: near ?? (held && !turnsBack(said, question) ? before.warning : null),
    warnedAt: near === null ? before.warnedAt : look.at,
    at: look.at,
  };
}

/** So near that people are to be told, and that it can be known; or there already, and on its way further. */
function nearOf(series: Series, said: Forecast, { target, warnOf }: Question): Forecast | null {
  const watched = watchedMs(series);
  if (said.kind === 'too_short' || said.kind === 'reached' || watched < WATCHED * series.watching.spanMs)
    return null;
  const near = target === warnOf ? said : forecast(series, warnOf);
  if (near.kind === 'reached') return said.kind === 'away' ? near : null;
  return near.kind === 'reaches' && near.inMs <= AHEAD * watched ? near : null;
}

/** What was warned of goes the other way: memory that is freed, a backlog that is drained. */
function turnsBack(said: Forecast, { target, warnOf }: Question): boolean {
  return said.kind === 'reached' || said.kind === (target.when === warnOf.when ? 'away' : 'reaches');
}

function isSame(a: Question | null, b: Question): boolean {
  return a !== null && isSameTarget(a.target, b.target) && isSameTarget(a.warnOf, b.warnOf);
}

const isSameTarget = (a: Target, b: Target) => a.value === b.value && a.when === b.when;
