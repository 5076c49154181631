/** A pool that has held every connection back since `since`, as of the look at `seenAt`. Monotonic ms. */
export interface PoolLeak {
  readonly since: number;
  readonly seenAt: number;
  /** How many connections had come back to the pool; one more, and it was load and no leak. */
  readonly releases: number;
}

export interface PoolLook {
  readonly code: string;
  readonly releases: number;
}

/** A look that is older says nothing of now. */
const LOOK_COUNTS_MS = 15_000;

export function nextLeak(before: PoolLeak | null, look: PoolLook, now: number): PoolLeak | null {
  if (look.code !== 'database.pool_exhausted') return null;
  const { releases } = look;
  return { since: before?.releases === releases ? before.since : now, seenAt: now, releases };
}

/** Whether only a restart of this process brings its pool back. "Could not tell" is no. */
export function isLeaked(leak: PoolLeak | null, sureAfterMs: number, now: number): boolean {
  return leak !== null && leak.seenAt - leak.since >= sureAfterMs && now - leak.seenAt <= LOOK_COUNTS_MS;
}
