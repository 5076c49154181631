import { messageOf } from '../kernel/index.js';
import { isLackOfResources } from './lack-of-resources.policy.js';

/** How one life of a supervised thing ended. Exactly what was observed: no field is derived from another. */
export interface Exit {
  /** Exit code; null when a signal or an error ended it, or when nobody could see it. */
  readonly code: number | null;
  /** Name of the signal that ended it, such as `SIGKILL`. */
  readonly signal: string | null;
  /** Why it never ran, or why its end could not be observed. */
  readonly error: string | null;
  /** It never ran for lack of descriptors, processes or memory, which says nothing of it. */
  readonly starved?: true;
}

/** The end of a life that could not begin. */
export function neverBegan(error: unknown): Exit {
  const message = messageOf(error);
  const starved = isLackOfResources(error) ? ({ starved: true } as const) : {};
  return { code: null, signal: null, error: message, ...starved };
}

/** The end in words, such as `was killed by SIGKILL` or `exited with code 1`. */
export function describeExit(exit: Exit): string {
  if (exit.error !== null) return `failed: ${exit.error}`;
  if (exit.signal !== null) return `was killed by ${exit.signal}`;
  return exit.code === null ? 'ended' : `exited with code ${exit.code}`;
}
