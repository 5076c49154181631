import { forecast, type Forecast, type Target } from './forecast.policy.js';
import { startSeries, withSample, type Series, type Watching } from './series.state.js';

/** A number that is watched, and where it goes by the last reckoning. */
export interface Outlook {
  readonly series: Series;
  readonly target: Target | null;
  readonly forecast: Forecast;
  /** When it was reckoned, by the clock of the samples. */
  readonly at: number;
}

/** A reckoning costs some 50 µs, and says nothing new until two more samples are there. */
const AGAIN_AFTER_SAMPLES = 2;

export function startOutlook(watching?: Watching): Outlook {
  const series = startSeries(watching);
  const { neededMs } = series.watching;
  return { series, target: null, forecast: { kind: 'too_short', watchedMs: 0, neededMs }, at: -Infinity };
}

/** After one more look; a target that is not known leaves nothing to forecast. */
export function nextOutlook(
  before: Outlook,
  look: { readonly at: number; readonly value: number | null },
  target: Target,
): Outlook {
  const series = withSample(before.series, look.at, look.value);
  const sinceMs = look.at - before.at;
  const again = AGAIN_AFTER_SAMPLES * series.watching.everyMs;
  const same = before.target?.value === target.value && before.target.when === target.when;
  if (same && sinceMs >= 0 && sinceMs < again && !isReached(before, target, series))
    return { ...before, series };
  return { series, target, forecast: forecast(series, target), at: look.at };
}

/** Whether it is reached needs no reckoning, and is said at once; so is that it no longer is. */
function isReached(before: Outlook, target: Target, { latest }: Series): boolean {
  const there =
    latest !== null &&
    (target.when === 'at_least' ? latest.value >= target.value : latest.value <= target.value);
  return there !== (before.forecast.kind === 'reached');
}
