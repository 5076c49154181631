/** Inject with `@Inject(METRICS_OPTIONS) options: MetricsOptions`. */
export const METRICS_OPTIONS = Symbol('METRICS_OPTIONS');

export interface MetricsOptions {
  /** Whose metrics they are: a label of each. */
  readonly process: string;
  /** Needed by whoever asks; open to everyone when it is undefined. */
  readonly opsToken: string | undefined;
}
