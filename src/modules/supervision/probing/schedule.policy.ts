/** How long after `now` the first run is due: the delay counts from the start of the life, whoever asks when. */
export function firstIn(initialDelayMs: number, startedAt: number, now: number): number {
  return Math.max(0, startedAt + initialDelayMs - now);
}

/**
 * When the run after the one of `dueAt` is due: a period later, from start to start. What fell due while that one ran
 * is left out, and a run that began a little early is not repeated for it.
 */
export function nextDue(dueAt: number, periodMs: number, now: number): number {
  const missed = Math.max(0, Math.floor((now - dueAt) / periodMs));
  return dueAt + (missed + 1) * periodMs;
}
