import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { Check, Counts } from '../modules/health/index.js';
import { ProbityOptionsError } from './probity.options.js';

export interface FromTerminusOptions {
  /** From the start of one run to that of the next, ms; 10000. */
  readonly cadenceMs?: number;
  /** A run that takes longer has failed, ms; 5000. */
  readonly deadlineMs?: number;
  /**
   * `declared`: readiness, and the `dependencies` of `/api/production/*`; the default. `readiness`: readiness alone.
   * `informative`: shown, and decides nothing.
   */
  readonly counts?: Counts;
  /** Runs in a row that must pass before a failure is over; 1. */
  readonly recoverAfter?: number;
  /** Checks that, when they fail, are the cause of this one's failure. */
  readonly dependsOn?: readonly string[];
}

type Indicator = () => unknown;

/**
 * Puts an indicator of Terminus on the board, unchanged: whatever it answers or throws is read as Terminus would read
 * it, in the background, with a deadline, and never twice at a time. Throws `ProbityOptionsError`.
 *
 * @example
 * ```ts
 * import { fromTerminus, ProbityModule } from '@probity/nest';
 * import { DiskHealthIndicator, HealthIndicatorService, MemoryHealthIndicator } from '@nestjs/terminus';
 *
 * const memory = new MemoryHealthIndicator(new HealthIndicatorService());
 * const heap = fromTerminus('heap', () => memory.checkHeap('heap', 2 ** 31), { cadenceMs: 10_000 });
 *
 * export const probity = ProbityModule.forRoot({
 *   redis: process.env.REDIS_URL,
 *   queues: ['mail'],
 *   checks: [heap],
 * });
 * ```
 */
export function fromTerminus(key: string, indicator: Indicator, options: FromTerminusOptions = {}): Check {
  const { cadenceMs = 10_000, deadlineMs = 5000, counts = 'declared', recoverAfter, dependsOn } = options;
  if (!/^[\w.-]+$/.test(key))
    throw new ProbityOptionsError('checks', 'must have keys of letters, digits and - . _');
  if (typeof indicator !== 'function')
    throw new ProbityOptionsError(
      `checks.${key}`,
      "must be a function, such as () => disk.checkStorage('disk', ...)",
    );
  for (const [name, ms] of Object.entries({ cadenceMs, deadlineMs }))
    if (!Number.isFinite(ms) || ms < 100)
      throw new ProbityOptionsError(`checks.${key}.${name}`, 'must be at least 100 ms');
  return {
    key,
    cadenceMs,
    deadlineMs,
    counts,
    ...(recoverAfter === undefined ? {} : { recoverAfter }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    run: async () => (await indicator()) as HealthIndicatorResult,
  };
}
