import type { WorkerRow } from '../../health/index.js';
import { wedgedForMs } from '../wedge.policy.js';
import { limitOf } from './depth.js';
import { RESUBSCRIBE_MS, type KnownWorker, type Limits, type QueueEvidence } from './evidence.js';

/** A busy machine delays a beat by some of this. */
const LATE_AT_LEAST_MS = 1500;
const RUN_WITHIN_MS = 4000;

export interface WorkerAssessment {
  readonly worker: KnownWorker;
  readonly state: WorkerRow['state'];
  readonly ageMs: number;
  /** How long jobs have waited that it could have taken; 0 when it is not wedged. */
  readonly wedgedForMs: number;
  /** Its heartbeat is overdue by more than an interval, though not yet old enough to call it silent. */
  readonly late: boolean;
  /** Its clock minus that of Redis, when it differs by more than a job may wait; else 0. */
  readonly clockOffMs: number;
}

/** Takes jobs, as far as anybody can tell. */
export function isHealthy(each: WorkerAssessment): boolean {
  return each.state === 'running' && each.wedgedForMs === 0;
}

/** Alive, whether or not it takes jobs. */
export function isAlive(each: WorkerAssessment): boolean {
  return ALIVE.has(each.state);
}

const ALIVE: ReadonlySet<WorkerRow['state']> = new Set(['running', 'paused', 'stopping', 'not_running']);

/** Takes jobs, and has told so in time. */
export function isTimely(each: WorkerAssessment): boolean {
  return isHealthy(each) && !each.late;
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
    late: isAliveState(state) && isLate(worker, ageMs, evidence),
    clockOffMs: Math.abs(heartbeat.skewMs) > limits.maxWaitMs ? heartbeat.skewMs : 0,
  };
}

/** Told when at least one heartbeat is missing, and Redis was there for it to come. */
function isLate({ heartbeat }: KnownWorker, ageMs: number, { now, redisBackAt }: QueueEvidence): boolean {
  const { intervalMs } = heartbeat;
  const overdueMs = Math.max(2 * intervalMs, intervalMs + LATE_AT_LEAST_MS);
  return ageMs > overdueMs && (redisBackAt === null || now - redisBackAt > overdueMs + RESUBSCRIBE_MS);
}

const isAliveState = (state: WorkerRow['state']) => state === 'running' || state === 'stopping';

function stateOf({ heartbeat, goneSince }: KnownWorker, ageMs: number): WorkerRow['state'] {
  if (heartbeat.state === 'stopped') return 'stopped';
  // It was told to stop and its connection is gone: killed after its grace, on purpose.
  if (heartbeat.state === 'stopping' && goneSince !== null) return 'stopped';
  if (goneSince !== null) return 'lost';
  if (ageMs <= heartbeat.timeoutMs) return neverRan(heartbeat) ? 'not_running' : heartbeat.state;
  // Without a channel nothing tells a dead worker from a frozen one.
  return 'silent';
}

/** `run()` may be called a moment after the worker was made. */
function neverRan({ state, everRan, at, startedAt }: KnownWorker['heartbeat']): boolean {
  return state === 'running' && !everRan && at - startedAt >= RUN_WITHIN_MS;
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
