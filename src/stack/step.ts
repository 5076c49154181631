import type { Say } from '#devkit';
import type { Stack } from './stack.js';

/** One thing that is done before the stack is up. */
export interface Step {
  readonly name: string;
  /** Answers in a few words what came of it. Throws `StepFailure` when the stack cannot go on. */
  run(stack: Stack, say: Say, signal: AbortSignal): Promise<string>;
}
