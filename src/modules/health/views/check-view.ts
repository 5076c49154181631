import type { CheckRecord } from '../board/board.state.js';
import { codeDefinition, runbookOf } from '../codes/index.js';
import { worst, type Status } from '../status.js';
import type { Audience, Scope, ViewContext } from './view.js';

export function messageFor(check: CheckRecord, audience: Audience): string {
  return audience === 'operator' ? check.message : codeDefinition(check.code).message;
}

export function detailsFor(check: CheckRecord, audience: Audience): Readonly<Record<string, unknown>> {
  return audience === 'operator' ? check.details : {};
}

export function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

/** What a restart would do, and the root cause: of a check that is well there is nothing to say. */
export function adviceOf(check: CheckRecord): Record<string, unknown> {
  const { restart, target } = codeDefinition(check.code);
  return {
    ...(check.status === 'pass' ? {} : { restart, restartTarget: target }),
    ...(check.because === null ? {} : { because: check.because }),
  };
}

/** One check as `/readyz` and `/healthz` show it. */
export function checkView(check: CheckRecord, context: ViewContext): Record<string, unknown> {
  const { audience, verbose } = context;
  return {
    status: check.status,
    code: check.code,
    message: messageFor(check, audience),
    latencyMs: check.latencyMs,
    checkedAt: iso(check.checkedAt),
    since: iso(check.since),
    ...adviceOf(check),
    ...(verbose ? { details: detailsFor(check, audience), runbook: runbookOf(check.code) } : {}),
  };
}

/** The checks that decide whether work should come here. */
export function readinessChecks(checks: readonly CheckRecord[]): readonly CheckRecord[] {
  return checks.filter((check) => check.counts !== 'informative');
}

export function shownIn(scope: Scope, checks: readonly CheckRecord[]): readonly CheckRecord[] {
  return scope === 'readyz' ? readinessChecks(checks) : checks;
}

/** 200 unless what decides for this scope fails. */
export function statusCodeOf(scope: Scope, checks: readonly CheckRecord[]): 200 | 503 {
  const deciding = scope === 'health' ? checks : readinessChecks(checks);
  return statusOf(deciding) === 'fail' ? 503 : 200;
}

export function statusOf(checks: readonly CheckRecord[]): Status {
  return worst(checks.map((check) => check.status));
}

/** What is wrong, in one line: root causes only, worst first; null when nothing fails. */
export function errorLine(checks: readonly CheckRecord[], audience: Audience): string | null {
  const failing = checks.filter((check) => check.status === 'fail');
  const roots = failing.filter((check) => check.because === null);
  const shown = roots.length > 0 ? roots : failing;
  if (shown.length === 0) return null;
  return shown.map((check) => `${check.key}: ${messageFor(check, audience)}`).join(' | ');
}
