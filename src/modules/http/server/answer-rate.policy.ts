const WINDOW_MS = 10_000;
const MIN_BYTES_PER_S = 4096;

/** Of an answer that waits for its client to read. */
export interface AnswerProgress {
  /** When the present window began, monotonic ms. */
  readonly since: number;
  /** Bytes that the client's side had taken by then, in all. */
  readonly takenBefore: number;
}

export interface AnswerLook {
  /** Bytes that wait to be taken. */
  readonly unsent: number;
  readonly taken: number;
}

/**
 * What is known of an answer after one more look: null when nothing waits, `too-slow` when a client has let it wait for
 * a whole window and took less than a line of any speed would. That the system takes megabytes at once into its own
 * buffers is forgotten with the window.
 */
export function afterLook(
  progress: AnswerProgress | null,
  { unsent, taken }: AnswerLook,
  now: number,
): AnswerProgress | 'too-slow' | null {
  if (unsent === 0) return null;
  if (progress === null) return { since: now, takenBefore: taken };
  const elapsedMs = now - progress.since;
  if (elapsedMs < WINDOW_MS) return progress;
  const enough = taken - progress.takenBefore >= (MIN_BYTES_PER_S * elapsedMs) / 1000;
  return enough ? { since: now, takenBefore: taken } : 'too-slow';
}
