import type { CheckRecord } from '../board/board.state.js';
import { checkOf } from '../board/snapshot.js';
import type { Status } from '../status.js';
import { reportOf } from './reports.js';
import { adviceOf, detailsFor, messageFor, statusOf } from '../views/check-view.js';
import { Live, timestamp } from '../views/live-template.js';
import { depthsView } from './queue-heartbeat.view.js';
import type { ProcessSample, View, ViewContext } from '../views/view.js';

const WORDS: Readonly<Record<Status, string>> = { pass: 'healthy', warn: 'degraded', fail: 'unhealthy' };
/** Checks that every process with these views has; each adds its own below them. */
export const PLATFORM_CHECKS = [
  'database',
  'llm',
  'environment',
  'workflows',
  'memory',
  'event-loop',
  'queue',
  'worker',
] as const;

/** `GET /api/production/health`: everything that is known; any failure is 503, warnings alone are 200. */
export function productionHealthView(context: ViewContext, sample: ProcessSample): View {
  const { snapshot, service, audience } = context;
  const status = statusOf(snapshot.checks);
  const worker = checkOf(snapshot, 'worker');
  const report = reportOf(snapshot, 'worker');
  const declared = snapshot.checks.filter((check) => check.counts === 'declared');
  const rest = snapshot.checks.filter(
    (check) => check.counts !== 'declared' && !(PLATFORM_CHECKS as readonly string[]).includes(check.key),
  );
  const named = PLATFORM_CHECKS.map((key) => checkOf(snapshot, key)).filter((check) => check !== undefined);
  return {
    statusCode: status === 'fail' ? 503 : 200,
    body: {
      status: WORDS[status],
      timestamp,
      version: service.version,
      uptime: new Live(({ uptimeMs }) => Math.round(uptimeMs / 100) / 10),
      environment: service.environment,
      responseTime: new Live(({ mono, startedAt }) => Math.max(0, Math.round(mono - startedAt))),
      checks: {
        ...Object.fromEntries([...named, ...rest].map((check) => [check.key, entry(check, context)])),
        dependencies: dependencies(declared, context),
      },
      metrics: {
        totalWorkflows: reportOf(snapshot, 'workflows')?.totalWorkflows ?? null,
        activeConnections: sample.activeConnections,
        memoryUsage: sample.memoryUsage,
        cpuUsage: sample.cpuUsage,
        queueDepths:
          report === undefined || worker === undefined ? {} : depthsView(report.queueDepths, worker),
      },
      ...(audience === 'operator' ? { instanceId: service.instanceId } : { instanceId: null }),
    },
  };
}

function entry(check: CheckRecord, { audience }: ViewContext): Record<string, unknown> {
  return {
    status: check.status,
    code: check.code,
    message: messageFor(check, audience),
    responseTime: check.latencyMs,
    ...adviceOf(check),
    details: detailsFor(check, audience),
  };
}

/** The worst of the declared dependencies, with each of them in `details`. */
function dependencies(declared: readonly CheckRecord[], context: ViewContext): Record<string, unknown> {
  const status = statusOf(declared);
  const troubled = declared.find((check) => check.status === status && check.status !== 'pass');
  return {
    status,
    message:
      troubled === undefined
        ? `${declared.length} declared dependencies are healthy`
        : `${troubled.key}: ${messageFor(troubled, context.audience)}`,
    responseTime: declared.reduce((slowest, check) => Math.max(slowest, check.latencyMs ?? 0), 0),
    details: Object.fromEntries(declared.map((check) => [check.key, entry(check, context)])),
  };
}
