import type { QueueDepth, WorkerReport, WorkerRow } from '../../health/index.js';
import type { QueueEvidence } from './evidence.js';
import { iso, leaseRow, type Lease } from './leases.assess.js';
import { oldestAge } from './depth.js';
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
  const latest = latestOf(queues.find((each) => each.evidence.queue === options.primary)?.workers ?? []);
  return {
    worker: {
      started: latest !== undefined,
      id: latest?.worker.heartbeat.id ?? null,
      queue: options.primary,
      heartbeatTimeoutMs: options.timeoutMs,
      latestHeartbeatAt: iso(latest?.worker.heartbeat.at ?? null),
      latestHeartbeatAgeMs: latest === undefined ? null : Math.round(latest.ageMs),
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
