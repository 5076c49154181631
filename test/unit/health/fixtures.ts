import { record, unanswered, type CheckRecord } from '../../../src/modules/health/board/board.state.js';
import type { Snapshot } from '../../../src/modules/health/board/snapshot.js';
import { withCauses } from '../../../src/modules/health/board/board.state.js';
import { render, toTemplate, type View, type ViewContext } from '../../../src/modules/health/views/index.js';
import type {
  Answer,
  Code,
  Counts,
  QueueReport,
  ServiceIdentity,
  WorkerReport,
} from '../../../src/modules/health/index.js';

export const NOW = Date.UTC(2024, 4, 15, 18, 45, 12, 123);
export const at = (ms: number) => ({ now: NOW + ms, mono: 1000 + ms });

export const service: ServiceIdentity = {
  name: 'api',
  version: '1.2.3',
  environment: 'production',
  instanceId: 'instance-7',
  startedAt: NOW - 60_000,
};

export interface Given {
  key: string;
  code?: Code;
  counts?: Counts;
  message?: string;
  details?: Answer['details'];
  report?: unknown;
  dependsOn?: string[];
  validForMs?: number;
}

/** A check that has answered at `at(0)`. */
export function answered(given: Given): CheckRecord {
  const { key, code = 'check.up', counts = 'readiness', dependsOn = [], validForMs = 60_000 } = given;
  const before = unanswered({ key, counts, dependsOn }, Infinity, at(-5000));
  const answer = {
    code,
    message: given.message ?? `${key} says ${code} on host-1`,
    details: given.details ?? { host: 'host-1' },
    report: given.report,
  };
  const run = { answer, latencyMs: 2, validUntil: at(validForMs).mono, recoverAfter: 1 };
  return record(before, run, at(0)).record;
}

export const snapshotOf = (...given: Given[]): Snapshot => ({
  version: 1,
  checks: withCauses(given.map(answered)),
});

export const contextOf = (snapshot: Snapshot, parts: Partial<ViewContext> = {}): ViewContext => ({
  snapshot,
  audience: 'operator',
  verbose: false,
  service,
  ...parts,
});

/** The view as a client would read it, some ms after the checks answered. */
export function read(view: View, laterMs = 2): { statusCode: number; body: Record<string, unknown> } {
  if (typeof view.body === 'string') throw new Error('the view is text');
  const { now, mono } = at(laterMs);
  const text = render(toTemplate(view.body), { now, mono, startedAt: mono - 1, uptimeMs: 60_000 });
  return { statusCode: view.statusCode, body: JSON.parse(text) as Record<string, unknown> };
}

export const durable: QueueReport = { durable: true, latencyMs: 2 };

export const workerReport: WorkerReport = {
  worker: {
    started: true,
    id: 'worker-1',
    queue: 'execution',
    heartbeatTimeoutMs: 30_000,
    latestHeartbeatAt: new Date(NOW - 500).toISOString(),
    latestHeartbeatAgeMs: 500,
  },
  workers: [
    {
      id: 'worker-1',
      state: 'running',
      host: 'host-1',
      pid: 41,
      latestHeartbeatAt: new Date(NOW - 500).toISOString(),
      latestHeartbeatAgeMs: 500,
      active: 1,
      concurrency: 4,
      lastPickupAt: null,
      lastCompletedAt: null,
      eventLoopDelayMs: 3,
    },
  ],
  queueDepths: {
    execution: {
      waiting: 2,
      delayed: 0,
      active: 1,
      prioritized: 0,
      failed: 0,
      completed: 9,
      paused: false,
      oldestWaitingAgeMs: 1500,
    },
  },
  leases: [
    {
      jobId: '17',
      queue: 'execution',
      workerId: 'worker-1',
      lockedAt: new Date(NOW - 1200).toISOString(),
      lastHeartbeatAt: new Date(NOW - 500).toISOString(),
      ageMs: 1200,
      stale: false,
    },
  ],
  inlineWorker: false,
};

export const wellApi: Given[] = [
  { key: 'process', code: 'process.running' },
  { key: 'queue', message: 'Redis connection healthy', report: durable },
  { key: 'database', message: 'Database connection healthy' },
  { key: 'llm', code: 'llm.ready' },
  { key: 'environment', code: 'environment.valid' },
  { key: 'worker', counts: 'informative', report: workerReport },
  { key: 'workflows', counts: 'informative', report: { totalWorkflows: 128 } },
  { key: 'memory', counts: 'informative', code: 'memory.ok' },
  { key: 'event-loop', counts: 'informative', code: 'event_loop.responsive' },
];

/** The well API with some of its checks replaced, or others added. */
export function apiWith(...changes: Given[]): Snapshot {
  const kept = wellApi.filter(({ key }) => !changes.some((change) => change.key === key));
  const changed = changes.map((change) => ({ ...wellApi.find(({ key }) => key === change.key), ...change }));
  return snapshotOf(...kept, ...changed);
}
