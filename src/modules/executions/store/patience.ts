import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '../../database/index.js';

/** For how long, and how often: the wait doubles up to its limit. */
export interface Patience {
  readonly forMs: number;
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
}

const OF_A_WORKER: Patience = { forMs: 30_000, firstWaitMs: 200, maxWaitMs: 2000 };

/**
 * Does what the database refuses again until it is done, for half a minute or until the signal aborts: work that
 * was done is not thrown away because Postgres restarts. Rejects with the last refusal. No process is kept for it.
 */
export async function patiently<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
  { forMs, firstWaitMs, maxWaitMs }: Patience = OF_A_WORKER,
): Promise<T> {
  const until = performance.now() + forMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(maxWaitMs, waitMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const again = error instanceof DatabaseUnavailableError && performance.now() < until;
      if (!again || signal.aborted) throw error;
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
