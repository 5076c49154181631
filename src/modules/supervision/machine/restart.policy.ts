/** When a thing that died is started again. Times in ms. */
export interface RestartPolicy {
  /** Delay after the first failure; doubled by each further one. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** Restarts allowed in any `windowMs`. */
  readonly budget: number;
  readonly windowMs: number;
  /** Pace once the budget is spent. */
  readonly slowDelayMs: number;
  /** Ready for this long without a break forgets the failures before. */
  readonly healthyAfterMs: number;
}

export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  initialDelayMs: 500,
  maxDelayMs: 5_000,
  budget: 25,
  windowMs: 600_000,
  slowDelayMs: 60_000,
  healthyAfterMs: 30_000,
};

export interface RestartHistory {
  /** Epoch ms of each restart decided within the window, oldest first. */
  readonly restarts: readonly number[];
  /** Deaths, and starts that failed, since the last sustained health. */
  readonly consecutiveFailures: number;
  /** The budget was spent, and no sustained health has been seen since. */
  readonly exhausted: boolean;
}

export const NO_RESTARTS: RestartHistory = { restarts: [], consecutiveFailures: 0, exhausted: false };

export interface RestartDecision {
  /** `slow` when the budget is spent. */
  readonly pace: 'backoff' | 'slow';
  readonly delayMs: number;
  /** What happened and what follows, in one sentence for a person. */
  readonly reason: string;
  readonly history: RestartHistory;
}

/**
 * Decides what follows a death. `cause` is a clause such as `exited with code 1`, `random` a number in [0, 1).
 * The jitter only shortens a delay, to no less than half: never nothing, and never more than the bound.
 */
export function decideRestart(
  history: RestartHistory,
  cause: string,
  now: number,
  random: number,
  policy: RestartPolicy,
): RestartDecision {
  const recent = history.restarts.filter((at) => at > now - policy.windowMs);
  const failures = history.consecutiveFailures + 1;
  const exhausted = history.exhausted || recent.length >= policy.budget;
  const delayMs = delayOf(failures, exhausted, random, policy);
  const allowance = `${policy.budget} restarts in ${humanMs(policy.windowMs)}`;
  return {
    pace: exhausted ? 'slow' : 'backoff',
    delayMs,
    reason: exhausted
      ? `${cause}; the budget of ${allowance} is spent, so the next attempt is in ${humanMs(delayMs)}`
      : `${cause}; restart ${recent.length + 1} of at most ${allowance} follows in ${humanMs(delayMs)}`,
    history: { restarts: [...recent, now], consecutiveFailures: failures, exhausted },
  };
}

/**
 * Decides what follows a start for which there were no descriptors, processes or memory: it is tried again at the same
 * pace as after a death, and costs nothing of the budget, for the thing has not failed.
 */
export function decideRetry(
  history: RestartHistory,
  cause: string,
  random: number,
  policy: RestartPolicy,
): RestartDecision {
  const { exhausted } = history;
  const failures = history.consecutiveFailures + 1;
  const delayMs = delayOf(failures, exhausted, random, policy);
  return {
    pace: exhausted ? 'slow' : 'backoff',
    delayMs,
    reason: `${cause}; that is not counted as a restart, and the next attempt is in ${humanMs(delayMs)}`,
    history: { ...history, consecutiveFailures: failures },
  };
}

function delayOf(failures: number, exhausted: boolean, random: number, policy: RestartPolicy): number {
  const full = exhausted
    ? policy.slowDelayMs
    : Math.min(policy.initialDelayMs * 2 ** (failures - 1), policy.maxDelayMs);
  return Math.max(1, Math.round(full * (0.5 + random / 2)));
}

/** Sustained health forgives the failures; the sliding window goes on counting. */
export function forgive(history: RestartHistory): RestartHistory {
  return { ...history, consecutiveFailures: 0, exhausted: false };
}

/** What a clock that was set back makes of the past would otherwise never leave the window. */
export function withoutFuture(history: RestartHistory, now: number): RestartHistory {
  return { ...history, restarts: history.restarts.filter((at) => at <= now) };
}

/** Whether nothing is left to forgive. */
export function isForgiven({ consecutiveFailures, exhausted }: RestartHistory): boolean {
  return consecutiveFailures === 0 && !exhausted;
}

function humanMs(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round(ms / 6_000) / 10} min`;
}
