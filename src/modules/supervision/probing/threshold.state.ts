/**
 * What one probe saw; only `pass` and `fail` count. `error` is "could not tell", `skipped` that the one who asks was too
 * busy to know.
 */
export interface ProbeOutcome {
  readonly outcome: 'pass' | 'fail' | 'error' | 'skipped';
  readonly message: string;
}

/** How many equal outcomes in a row turn the verdict; each at least 1. */
export interface Thresholds {
  readonly success: number;
  readonly failure: number;
}

export interface ThresholdState {
  readonly verdict: 'unknown' | 'pass' | 'fail';
  /** The run of equal outcomes that the last one belongs to. */
  readonly last: 'pass' | 'fail' | null;
  readonly run: number;
  /** `error` outcomes since one that could tell. */
  readonly errors: number;
}

/** Each kind of probe starts from a verdict of its own: startup `unknown`, readiness `fail`, liveness `pass`. */
export function initialThreshold(verdict: ThresholdState['verdict']): ThresholdState {
  return { verdict, last: null, run: 0, errors: 0 };
}

export function observe(
  state: ThresholdState,
  outcome: ProbeOutcome['outcome'],
  thresholds: Thresholds,
): ThresholdState {
  if (outcome === 'skipped') return state;
  if (outcome === 'error') return { ...state, errors: state.errors + 1 };
  const run = state.last === outcome ? state.run + 1 : 1;
  const needed = outcome === 'pass' ? thresholds.success : thresholds.failure;
  return { verdict: run < needed ? state.verdict : outcome, last: outcome, run, errors: 0 };
}
