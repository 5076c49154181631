import type { QueueDepth, WorkerReport, WorkerRow } from '../../health/index.js';
import type { QueueEvidence } from './evidence.js';
import { iso, leaseRow, type Lease } from './leases.assess.js';
import { oldestAge } from './depth.js';
import { lastTraceAt } from './traces.state.js';
import type { WorkerAssessment } from './workers.assess.js';

/** What the report of one queue is made of. */
export interface QueueView {
  readonly evidence: QueueEvidence;
  readonly workers: readonly WorkerAssessment[];
  readonly leases: readonly Lease[];
}

/** The first queue is the primary one. Ages are those of the evidence: they are as old as its last reading. */
export function workerReport(
  queues: readonly QueueView[],
  options: { readonly primary: string; readonly timeoutMs: number; readonly inlineWorker: boolean },
): WorkerReport {
  const primary = queues.find((each) => each.evidence.queue === options.primary);
  const latest = latestOf(primary?.workers ?? []);
  const sign = primary === undefined ? null : lastSign(primary, latest);
  return {
    worker: {
      started: sign !== null,
      id: latest?.worker.heartbeat.id ?? null,
      queue: options.primary,
      heartbeatTimeoutMs: options.timeoutMs,
      latestHeartbeatAt: iso(sign?.at ?? null),
      latestHeartbeatAgeMs: sign === null ? null : Math.round(sign.ageMs),
    },
    workers: queues.flatMap((each) => each.workers.map(workerRow)),
    queueDepths: Object.fromEntries(
      queues.flatMap(({ evidence }) => {
        const depth = depthRow(evidence);
        return depth === null ? [] : [[evidence.queue, depth]];
      }),
    ),
    leases: queues.flatMap(({ evidence, leases }) => leases.map((lease) => leaseRow(lease, evidence.queue))),
    inlineWorker: options.inlineWorker,
  };
}

/** Of workers that send no heartbeats, what BullMQ itself left behind last. */
function lastSign(
  { evidence }: QueueView,
  latest: WorkerAssessment | undefined,
): { readonly at: number; readonly ageMs: number } | null {
  if (latest !== undefined) return { at: latest.worker.heartbeat.at, ageMs: latest.ageMs };
  const at = lastTraceAt(evidence.traces);
  return at === null ? null : { at, ageMs: Math.max(0, evidence.now - at) };
}

function latestOf(workers: readonly WorkerAssessment[]): WorkerAssessment | undefined {
  return [...workers].sort((a, b) => a.ageMs - b.ageMs)[0];
}

function workerRow({ worker, state, ageMs, late }: WorkerAssessment): WorkerRow {
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

function depthRow(evidence: QueueEvidence): QueueDepth | null {
  if (evidence.slow === null) return null;
  const ageMs = oldestAge(evidence);
  return {
    ...evidence.slow.counts,
    oldestWaitingAgeMs: ageMs === null ? null : Math.round(ageMs),
    ...(evidence.slow.waiting.sample ? { oldestWaitingIsSample: true as const } : {}),
  };
}
