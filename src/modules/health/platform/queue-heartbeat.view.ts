import type { CheckRecord } from '../board/board.state.js';
import { checkOf } from '../board/snapshot.js';
import { codeDefinition, runbookOf } from '../codes/index.js';
import {
  reportOf,
  type LeaseRow,
  type QueueDepth,
  type QueueRow,
  type WorkerReport,
  type WorkerRow,
} from './reports.js';
import { adviceOf, detailsFor, messageFor } from '../views/check-view.js';
import { growing, timestamp } from '../views/live-template.js';
import { queueHealthOf } from './production-ready.view.js';
import type { Audience, View, ViewContext } from '../views/view.js';

const NOTHING_KNOWN: WorkerReport = {
  worker: {
    started: false,
    id: null,
    queue: '',
    heartbeatTimeoutMs: 0,
    latestHeartbeatAt: null,
    latestHeartbeatAgeMs: null,
  },
  queues: [],
  workers: [],
  queueDepths: {},
  leases: [],
  inlineWorker: false,
};

/** `GET /api/production/queue/heartbeat`: is the queue being consumed? 200 only when the answer is a plain pass. */
export function queueHeartbeatView(context: ViewContext): View {
  const { snapshot, audience } = context;
  const check = checkOf(snapshot, 'worker');
  if (check === undefined) {
    return {
      statusCode: 404,
      body: { error: 'This process watches no workers; ask the api process.', timestamp },
    };
  }
  const report = reportOf(snapshot, 'worker') ?? NOTHING_KNOWN;
  const shown = audience === 'operator';
  const { worker } = report;
  return {
    statusCode: check.status === 'pass' ? 200 : 503,
    body: {
      status: {
        status: check.status,
        code: check.code,
        message: messageFor(check, audience),
        ...adviceOf(check),
        runbook: runbookOf(check.code),
        details: detailsFor(check, audience),
      },
      timestamp,
      worker: {
        ...worker,
        id: shown ? worker.id : null,
        latestHeartbeatAgeMs: growing(worker.latestHeartbeatAgeMs, check.answeredAt),
      },
      queues: report.queues.map((row) => queueRow(row, check, audience)),
      workers: report.workers.map((row) => workerRow(row, check, shown)),
      queueHealth: queueHealthOf(snapshot, audience),
      queueDepths: depthsView(report.queueDepths, check),
      leases: report.leases.map((row) => leaseRow(row, check, shown)),
      inlineWorker: report.inlineWorker,
    },
  };
}

export function depthsView(depths: WorkerReport['queueDepths'], check: CheckRecord): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(depths).map(([name, depth]: [string, QueueDepth]) => [name, depthView(depth, check)]),
  );
}

function depthView(depth: QueueDepth, check: CheckRecord): Record<string, unknown> {
  return { ...depth, oldestWaitingAgeMs: growing(depth.oldestWaitingAgeMs, check.answeredAt) };
}

function queueRow(row: QueueRow, check: CheckRecord, audience: Audience): Record<string, unknown> {
  const { status, code, message } = row.status;
  return {
    ...row,
    status: { status, code, message: audience === 'operator' ? message : codeDefinition(code).message },
    depths: row.depths === null ? null : depthView(row.depths, check),
  };
}

function workerRow(row: WorkerRow, check: CheckRecord, shown: boolean): Record<string, unknown> {
  return {
    ...row,
    ...(shown ? {} : { id: null, host: null, pid: null }),
    latestHeartbeatAgeMs: growing(row.latestHeartbeatAgeMs, check.answeredAt),
  };
}

function leaseRow(row: LeaseRow, check: CheckRecord, shown: boolean): Record<string, unknown> {
  return {
    ...row,
    ...(shown ? {} : { jobId: null, workerId: null }),
    ageMs: growing(row.ageMs, check.answeredAt),
  };
}
