import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from './provide/index.js';
import type { Stack } from './stack.js';

/** One thing that is done before the stack is up. */
export interface Step {
  readonly name: string;
  /** Answers in a few words what came of it. Throws `StepFailure` when the stack cannot go on. */
  run(stack: Stack, say: Say, signal: AbortSignal): Promise<string>;
}

/** Why the stack cannot start, and what to do about it. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  constructor(
    readonly reason: string,
    readonly fix: string,
  ) {
    super(reason);
  }
}

/** Asks again and again until there is an answer. Throws when the stack is asked to stop. */
export async function waitFor<T>(
  look: () => Promise<T | undefined> | T | undefined,
  signal: AbortSignal,
  intervalMs = 100,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await look();
    if (answer !== undefined) return answer;
    await pause(intervalMs, undefined, { signal });
  }
}
