import type { WorkerRow } from '../../health/index.js';
import { wedgedForMs } from '../wedge.policy.js';
import { limitOf } from './depth.js';
import type { KnownWorker, Limits, QueueEvidence } from './evidence.js';

export interface WorkerAssessment {
  readonly worker: KnownWorker;
  readonly state: WorkerRow['state'];
  readonly ageMs: number;
  /** How long jobs have waited that it could have taken; 0 when it is not wedged. */
  readonly wedgedForMs: number;
  /** Its heartbeat is overdue, though not yet old enough to call it silent. */
  readonly late: boolean;
}

/** Takes jobs, as far as anybody can tell. */
export function isHealthy(each: WorkerAssessment): boolean {
  return each.state === 'running' && each.wedgedForMs === 0;
}

/** Alive, whether or not it takes jobs. */
export function isAlive(each: WorkerAssessment): boolean {
  return each.state === 'running' || each.state === 'paused' || each.state === 'stopping';
}

export function assessWorkers(evidence: QueueEvidence, limits: Limits): readonly WorkerAssessment[] {
  const all = evidence.workers.map((worker) => assessWorker(worker, evidence, limits));
  return withoutReplaced(all);
}

function assessWorker(worker: KnownWorker, evidence: QueueEvidence, limits: Limits): WorkerAssessment {
  const { heartbeat } = worker;
  const ageMs = Math.max(0, evidence.now - heartbeat.at);
  const state = stateOf(worker, ageMs);
  return {
    worker,
    state,
    ageMs,
    wedgedForMs: state === 'running' ? wedgedFor(worker, evidence, limits) : 0,
    late: isAliveState(state) && ageMs > 2 * heartbeat.intervalMs + 1000,
  };
}

const isAliveState = (state: WorkerRow['state']) => state === 'running' || state === 'stopping';

function stateOf({ heartbeat, goneSince }: KnownWorker, ageMs: number): WorkerRow['state'] {
  if (heartbeat.state === 'stopped') return 'stopped';
  // It was told to stop and its connection is gone: killed after its grace, on purpose.
  if (heartbeat.state === 'stopping' && goneSince !== null) return 'stopped';
  if (goneSince !== null) return 'lost';
  if (ageMs <= heartbeat.timeoutMs) return heartbeat.state;
  // Without a channel nothing tells a dead worker from a frozen one.
  return 'silent';
}

/** The worker's own word and what is seen from outside must agree. */
function wedgedFor({ heartbeat }: KnownWorker, evidence: QueueEvidence, limits: Limits): number {
  const { now, waitingSince, redisBackAt } = evidence;
  const { idleWhileWaitingSince } = heartbeat;
  if (evidence.slow === null || waitingSince === null || idleWhileWaitingSince === null) return 0;
  // A late worker may have picked up a job that keeps its loop busy: only what it told itself counts.
  const toldLately = now - heartbeat.at <= 1.5 * heartbeat.intervalMs;
  return wedgedForMs(
    {
      takesJobs: heartbeat.everRan,
      idleWhileWaitingMs: (toldLately ? now : heartbeat.at) - idleWhileWaitingSince,
      limit: limitOf(evidence),
      redisBackForMs: redisBackAt === null ? null : now - redisBackAt,
    },
    limits.wedgedAfterMs,
  );
}

/**
 * A worker whose id nobody chose comes back under another id. One that started on the same host after another
 * was lost takes its place; each takes one.
 */
function withoutReplaced(all: readonly WorkerAssessment[]): readonly WorkerAssessment[] {
  const successors = new Set<WorkerAssessment>();
  return all.filter((each) => {
    const { heartbeat } = each.worker;
    if (isAlive(each) || heartbeat.named) return true;
    const successor = all.find(
      ({ worker, ...other }) =>
        !worker.heartbeat.named &&
        worker.heartbeat.host === heartbeat.host &&
        worker.heartbeat.startedAt > heartbeat.at - heartbeat.intervalMs &&
        isAliveState(other.state) &&
        ![...successors].some((taken) => taken.worker === worker),
    );
    if (successor === undefined) return true;
    successors.add(successor);
    return false;
  });
}
