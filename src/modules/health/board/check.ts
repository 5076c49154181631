import { DiscoveryService } from '@nestjs/core';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { Code } from '../codes/index.js';

/**
 * Where a check counts.
 * - `readiness`: `/readyz` of this process, and its own place in the production views
 * - `declared`: a dependency that the deployment declared; readiness, and the worst of `dependencies`
 * - `informative`: only the full picture (`/healthz`, `/api/production/health`)
 */
export type Counts = 'readiness' | 'declared' | 'informative';

export interface CheckContext {
  /** Aborts at the deadline: the check then destroys whatever it waits on. */
  readonly signal: AbortSignal;
}

/**
 * Puts an injectable `Check` on the board of its process.
 *
 * @example
 * ```ts
 * import { Injectable, Module } from '@nestjs/common';
 * import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
 * import { BoardCheck, ProbityModule, type Check } from '@probity/nest';
 *
 * @BoardCheck()
 * @Injectable()
 * class OvenCheck implements Check {
 *   readonly key = 'oven';
 *   readonly cadenceMs = 5000;
 *   readonly deadlineMs = 1000;
 *   readonly counts = 'readiness';
 *
 *   constructor(private readonly indicators: HealthIndicatorService) {}
 *
 *   async run() {
 *     return this.indicators.check(this.key).up({ celsius: 220 });
 *   }
 * }
 *
 * @Module({
 *   imports: [TerminusModule, ProbityModule.forRoot({ redis: process.env.REDIS_URL, queues: ['mail'] })],
 *   providers: [OvenCheck],
 * })
 * export class AppModule {}
 * ```
 */
export const BoardCheck = DiscoveryService.createDecorator();

/** For `run` where nobody says how long it may take: anybody may ask a check, not only the board. */
export function ownDeadline({ deadlineMs }: Pick<Check, 'deadlineMs'>): CheckContext {
  return { signal: AbortSignal.timeout(deadlineMs) };
}

/**
 * A question with a cadence and a deadline. `run` answers as any Terminus indicator does, and may be given to
 * anybody's `HealthCheckService.check([() => check.run()])`; ours put `code`, `message`, `details` and `report` into
 * the result with `answer()`, a third party's may put what they like.
 */
export interface Check {
  readonly key: string;
  /** Time from the start of one run to the start of the next, ms. */
  readonly cadenceMs: number;
  readonly deadlineMs: number;
  readonly counts: Counts;
  /** Consecutive passes before a failure is over; 1 unless it says otherwise. */
  readonly recoverAfter?: number;
  /** Keys of checks that, when they fail, are the cause of this one's failure. */
  readonly dependsOn?: readonly string[];
  /** The code of an overrun deadline, where a timeout is expected and means something of its own. */
  readonly timeoutCode?: Code;
  /** `?fresh` accepts an answer this young, so that asking cannot hammer a dependency; 200 ms by default. */
  readonly freshFloorMs?: number;
  run(context: CheckContext): Promise<HealthIndicatorResult> | PromiseLike<HealthIndicatorResult>;
}

/** What the board remembers of a check's run, whoever wrote the check. */
export interface Answer {
  readonly code: Code;
  /** For operators; already redacted. */
  readonly message: string;
  /** For operators, shown with `?verbose`. Plain data. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Typed data for the production views (see `platform/reports.ts`), undefined when the check has none. */
  readonly report?: unknown;
}
