import type { Step, StepKind } from '../definition/workflow.js';

export interface StepContext {
  /** Aborts when the try's time is over, the execution was cancelled, or the worker stops. */
  readonly signal: AbortSignal;
  readonly input: unknown;
  /** Outputs of the steps before this one, by id. */
  readonly outputs: ReadonlyMap<string, unknown>;
  /** Ms since the first try of this step began, whichever worker that was on. */
  readonly elapsedMs: number;
}

/** Runs one kind of step. Answers plain JSON data; throws `StepError`, or whatever its signal made it throw. */
export interface StepRunner<Kind extends StepKind = StepKind> {
  readonly kind: Kind;
  /** Limit of one try, ms. */
  timeoutMs(step: Extract<Step, { kind: Kind }>): number;
  run(step: Extract<Step, { kind: Kind }>, context: StepContext): Promise<unknown>;
}
