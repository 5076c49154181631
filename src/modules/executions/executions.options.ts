/** Inject with `@Inject(EXECUTIONS_OPTIONS) options: ExecutionsOptions`. */
export const EXECUTIONS_OPTIONS = Symbol('EXECUTIONS_OPTIONS');

export interface ExecutionsOptions {
  /** How many this process runs at once. */
  readonly concurrency: number;
  /** Of the worker that runs them; host and pid when it is undefined. */
  readonly workerId: string | undefined;
  /** One that waits longer waits too long. */
  readonly maxWaitMs: number;
  /** A job that runs longer is stuck, unless its step may take as long. */
  readonly stuckAfterMs: number;
  /** Whether `http` steps reach the public internet only, and `allowedHosts`. */
  readonly publicOnly: boolean;
  readonly allowedHosts: readonly string[];
}
