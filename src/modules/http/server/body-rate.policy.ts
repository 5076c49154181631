/** Of the first moments nothing is asked: a connection warms up, a client thinks. */
const GRACE_MS = 2000;
const MIN_BYTES_PER_S = 512;
const DEADLINE_MS = 8000;

export interface BodyProgress {
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Bytes that the connection had read by then. */
  readonly bytesBefore: number;
}

/** Whether a body that is not complete yet comes too slowly to be waited for. */
export function bodyIsTooSlow(
  { startedAt, bytesBefore }: BodyProgress,
  bytesRead: number,
  now: number,
): boolean {
  const elapsedMs = now - startedAt;
  if (elapsedMs < GRACE_MS) return false;
  return elapsedMs > DEADLINE_MS || bytesRead - bytesBefore < (MIN_BYTES_PER_S * elapsedMs) / 1000;
}
