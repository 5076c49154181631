import type { CheckRecord } from '../board/board.state.js';
import { checkOf, type Snapshot } from '../board/snapshot.js';
import { reportOf, type QueueHealth } from './reports.js';
import { errorLine, iso, messageFor, readinessChecks } from '../views/check-view.js';
import { timestamp } from '../views/live-template.js';
import type { Audience, View, ViewContext } from '../views/view.js';

/** `queueHealth` as the wire contract names it; a queue of which nothing is known is neither healthy nor durable. */
export function queueHealthOf(snapshot: Snapshot, audience: Audience): QueueHealth {
  const queue = checkOf(snapshot, 'queue');
  if (queue === undefined) {
    return {
      status: 'fail',
      durable: false,
      message: 'This process checks no queue.',
      latencyMs: null,
      checkedAt: null,
    };
  }
  const report = reportOf(snapshot, 'queue');
  return {
    status: queue.status,
    // Durability that could not be read while the queue takes work is a warning of its own, not "not durable".
    durable: report === undefined ? false : (report.durable ?? queue.status !== 'fail'),
    message: messageFor(queue, audience),
    latencyMs: report?.latencyMs ?? queue.latencyMs,
    checkedAt: iso(queue.checkedAt),
  };
}

/** The database and every declared dependency, root causes first. */
export function dependencyChecks(snapshot: Snapshot): readonly CheckRecord[] {
  return snapshot.checks.filter((check) => check.key === 'database' || check.counts === 'declared');
}

/**
 * `GET /api/production/ready`. Workers do not count: `dev:stack` asks before it starts them, and a queue that
 * keeps what it accepts is ready although nobody works on it yet.
 */
export function productionReadyView(context: ViewContext): View {
  const { snapshot, audience, service, without = [] } = context;
  const queueHealth = queueHealthOf(snapshot, audience);
  const wanted = (key: string) => !without.includes(key);
  const passing = (key: string) => (checkOf(snapshot, key)?.status ?? 'fail') !== 'fail';
  const inProduction = service.environment === 'production' || !wanted('environment');
  const dependencies = dependencyChecks(snapshot);
  const checks = {
    // An application that has no language models, say, is told nothing of them.
    ...(wanted('llm') ? { llm: passing('llm') } : {}),
    ...(wanted('environment') ? { environment: passing('environment') && inProduction } : {}),
    ...(wanted('database') || dependencies.length > 0
      ? {
          dependencies:
            dependencies.every((check) => check.status !== 'fail') &&
            (!wanted('database') || passing('database')),
        }
      : {}),
    queue: queueHealth.status !== 'fail' && queueHealth.durable,
  };
  const ready = Object.values(checks).every(Boolean) && passing('process');
  const reasons = [
    errorLine(readinessChecks(snapshot.checks), audience),
    inProduction ? null : `environment: NODE_ENV is ${service.environment}, not production`,
  ].filter((reason) => reason !== null);
  return {
    statusCode: ready ? 200 : 503,
    body: { ready, ...(ready ? {} : { error: reasons.join(' | ') }), checks, queueHealth, timestamp },
  };
}
