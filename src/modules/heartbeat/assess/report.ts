import {
  codeDefinition,
  type QueueDepth,
  type QueueRow,
  type WorkerReport,
  type WorkerRow,
} from '../../health/index.js';
import type { QueueEvidence } from './evidence.js';
import { iso, leaseRow, type Lease } from './leases.assess.js';
import { oldestAge } from './depth.js';
import { lastTraceAt } from './traces.state.js';
import type { Verdict } from './verdict.js';
import { isAlive, type WorkerAssessment } from './workers.assess.js';

/** What the report of one queue is made of. */
export interface QueueView {
  readonly evidence: QueueEvidence;
  readonly workers: readonly WorkerAssessment[];
  readonly leases: readonly Lease[];
  /** The workers as they are told of. */
  readonly rows: readonly WorkerRow[];
  /** What is told of it for itself. */
  readonly verdict: Verdict;
  /** Else it was found. */
  readonly named: boolean;
  /** Ms since its own look, as of the last look at any queue: one in which nothing moves is looked at less often. */
  readonly ageMs: number;
}

/** The first queue is the primary one. Ages are those of the last look at any queue. */
export function workerReport(
  queues: readonly QueueView[],
  options: { readonly primary: string; readonly timeoutMs: number; readonly inlineWorker: boolean },
): WorkerReport {
  const [primary] = queues;
  const latest = latestOf(primary?.workers ?? []);
  const sign = primary === undefined ? null : lastSign(primary, latest);
  return {
    worker: {
      started: sign !== null,
      id: latest?.worker.heartbeat.id ?? null,
      queue: primary?.evidence.queue ?? options.primary,
      heartbeatTimeoutMs: options.timeoutMs,
      latestHeartbeatAt: iso(sign?.at ?? null),
      latestHeartbeatAgeMs: sign === null ? null : Math.round(sign.ageMs),
    },
    queues: queues.map((each, index) => queueRow(each, index === 0)),
    workers: queues.flatMap(({ rows, ageMs }) => rows.map((row) => later(row, ageMs))),
    queueDepths: Object.fromEntries(
      queues.flatMap(({ evidence, ageMs }) => {
        const depth = depthRow(evidence, ageMs);
        return depth === null ? [] : [[evidence.queue, depth]];
      }),
    ),
    leases: queues.flatMap(({ evidence, leases, ageMs }) =>
      leases.map((lease) => leaseRow({ ...lease, ageMs: lease.ageMs + ageMs }, evidence.queue)),
    ),
    inlineWorker: options.inlineWorker,
  };
}

/** Of workers that send no heartbeats, what BullMQ itself left behind last. */
function lastSign(
  { evidence, ageMs }: QueueView,
  latest: WorkerAssessment | undefined,
): { readonly at: number; readonly ageMs: number } | null {
  if (latest !== undefined) return { at: latest.worker.heartbeat.at, ageMs: latest.ageMs + ageMs };
  const at = lastTraceAt(evidence.traces);
  return at === null ? null : { at, ageMs: Math.max(0, evidence.now - at) + ageMs };
}

function latestOf(workers: readonly WorkerAssessment[]): WorkerAssessment | undefined {
  return [...workers].sort((a, b) => a.ageMs - b.ageMs)[0];
}

function queueRow({ evidence, workers, verdict, named, ageMs }: QueueView, primary: boolean): QueueRow {
  const alive = workers.filter(isAlive).length;
  return {
    name: evidence.queue,
    primary,
    named,
    observed: workers.length === 0 && lastTraceAt(evidence.traces) !== null,
    status: {
      status: codeDefinition(verdict.code).status,
      code: verdict.code,
      message: verdict.message,
    },
    depths: depthRow(evidence, ageMs),
    workers: Math.max(alive, evidence.slow?.connectedWorkers ?? 0),
  };
}

function later(row: WorkerRow, ms: number): WorkerRow {
  const { latestHeartbeatAgeMs: ageMs } = row;
  return ms === 0 || ageMs === null ? row : { ...row, latestHeartbeatAgeMs: Math.round(ageMs + ms) };
}

/** As of the look at their queue. */
export function workerRow({ worker, state, ageMs, late }: WorkerAssessment): WorkerRow {
  const { heartbeat } = worker;
  return {
    id: heartbeat.id,
    state,
    host: heartbeat.host,
    pid: heartbeat.pid,
    latestHeartbeatAt: iso(heartbeat.at),
    latestHeartbeatAgeMs: Math.round(ageMs),
    active: heartbeat.activeCount,
    concurrency: heartbeat.concurrency,
    lastPickupAt: iso(heartbeat.lastPickupAt),
    lastCompletedAt: iso(heartbeat.lastCompletedAt),
    eventLoopDelayMs: heartbeat.eventLoopDelayMs,
    late,
    clockSkewMs: heartbeat.skewMs,
    version: heartbeat.version,
    clock: heartbeat.clock,
  };
}

function depthRow(evidence: QueueEvidence, sinceMs: number): QueueDepth | null {
  if (evidence.slow === null) return null;
  const ageMs = oldestAge(evidence);
  return {
    ...evidence.slow.counts,
    oldestWaitingAgeMs: ageMs === null ? null : Math.round(ageMs + sinceMs),
    ...(evidence.slow.waiting.sample ? { oldestWaitingIsSample: true as const } : {}),
  };
}
