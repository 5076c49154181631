import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '../../database/index.js';

const PATIENCE_MS = 30_000;
const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 2000;

/**
 * Does what the database refuses again until it is done, for half a minute or until the signal aborts: work that
 * was done is not thrown away because Postgres restarts. Rejects with the last refusal.
 */
export async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const again = error instanceof DatabaseUnavailableError && performance.now() < until;
      if (!again || signal.aborted) throw error;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
