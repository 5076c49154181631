import type { CheckRecord } from '../board/board.state.js';
import { checkOf } from '../board/snapshot.js';
import { checkView, errorLine, readinessChecks, statusCodeOf, statusOf } from './check-view.js';
import { timestamp, uptime } from './live-template.js';
import type { LivenessState } from '../../liveness/index.js';
import type { View, ViewContext } from './view.js';

function byKey(checks: readonly CheckRecord[], context: ViewContext): Record<string, unknown> {
  return Object.fromEntries(checks.map((check) => [check.key, checkView(check, context)]));
}

/** `GET /readyz`: should work come here now? */
export function readyzView(context: ViewContext): View {
  const checks = readinessChecks(context.snapshot.checks);
  const status = statusOf(checks);
  const ready = status !== 'fail';
  const error = errorLine(checks, context.audience);
  return {
    statusCode: ready ? 200 : 503,
    body: { ready, status, ...(error === null ? {} : { error }), checks: byKey(checks, context), timestamp },
  };
}

/** `GET /readyz/:check`: one check, whether it decides readiness or not. Undefined when there is no such check. */
export function readyzCheckView(key: string, context: ViewContext): View | undefined {
  const check = checkOf(context.snapshot, key);
  if (check === undefined) return undefined;
  const ready = check.status !== 'fail';
  return {
    statusCode: ready ? 200 : 503,
    body: { ready, check: check.key, ...checkView(check, context), timestamp },
  };
}

/** `GET /healthz`: the full picture of this process, with what its modules add; its status code mirrors readiness. */
export function healthzView(
  context: ViewContext,
  liveness: LivenessState,
  sections: Readonly<Record<string, unknown>> = {},
): View {
  const { snapshot, service, audience } = context;
  const statusCode = statusCodeOf('healthz', snapshot.checks);
  const error = errorLine(snapshot.checks, audience);
  return {
    statusCode,
    body: {
      status: statusOf(snapshot.checks),
      ready: statusCode === 200,
      live: liveness.live,
      livenessReason: liveness.reason,
      ...(error === null ? {} : { error }),
      service: service.name,
      version: service.version,
      instanceId: audience === 'operator' ? service.instanceId : null,
      pid: audience === 'operator' ? process.pid : null,
      uptimeMs: uptime,
      checks: byKey(snapshot.checks, context),
      ...sections,
      timestamp,
    },
  };
}
