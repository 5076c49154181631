import { setTimeout as pause } from 'node:timers/promises';

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
