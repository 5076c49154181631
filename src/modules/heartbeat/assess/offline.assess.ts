import { depthOf, oldestAge } from './depth.js';
import { FORGET_MS } from './evidence.js';
import { observed, tracesOfWorkers } from './observed.assess.js';
import type { QueueCase } from './queue-case.js';
import { plural, seconds, type Verdict } from './verdict.js';
import { isAlive, isHealthy, type WorkerAssessment } from './workers.assess.js';

/**
 * Nobody takes jobs of this queue: why. Null when at least one worker does.
 *
 *   wedged > paused > never run > silent > lost > stopping > stopped > what is observed of others (see observed.assess)
 *
 * The most alive worker gives the reason, for it is the one that could work again soonest.
 */
export function offline(given: QueueCase): Verdict | null {
  if (given.workers.some(isHealthy)) return null;
  return scaledToZero(given) ?? reasonOf(given);
}

/**
 * With WORKERS_MIN=0 an idle queue has no worker on purpose. Work that nobody takes ends that, and so does a worker
 * that has just died: those who scale down say goodbye.
 */
function scaledToZero({ evidence, limits, workers, leases }: QueueCase): Verdict | null {
  if (limits.workersMin > 0) return null;
  const gone = workers.every(
    ({ state, ageMs }) =>
      state === 'stopped' || state === 'stopping' || (state === 'lost' && ageMs > FORGET_MS),
  );
  const connected =
    (evidence.slow?.connectedWorkers ?? 0) > workers.filter(isAlive).length ||
    (workers.length === 0 && tracesOfWorkers(evidence));
  const waitedMs = oldestAge(evidence);
  if (!gone || connected || leases.some((lease) => lease.stale)) return null;
  if (waitedMs !== null && waitedMs > limits.maxWaitMs) return null;
  const depth = depthOf(evidence);
  return {
    code: 'worker.scaled_to_zero',
    message: `No worker runs, and none has to (WORKERS_MIN is 0): ${depth === 0 ? 'nothing waits' : `${plural(depth, 'job')} waiting, the oldest for ${seconds(waitedMs ?? 0)}`}.`,
    details: { workersMin: 0 },
  };
}

function reasonOf(given: QueueCase): Verdict | null {
  const { workers } = given;
  const of = (state: string) => workers.filter((each) => each.state === state);
  const [wedged] = workers.filter((each) => each.wedgedForMs > 0);
  if (wedged !== undefined) return wedgedVerdict(given, wedged);
  const paused = of('paused');
  if (paused.length > 0) {
    return {
      code: 'worker.paused',
      message: `Every execution worker is paused (${names(paused)}). Resume it to go on.`,
      details: { pausedWorkers: paused.map(idOf) },
    };
  }
  const [idle] = of('not_running');
  if (idle !== undefined) {
    return {
      code: 'worker.not_running',
      message: `Execution worker ${idOf(idle)} is alive and was never told to run: it was made with autorun: false, and nobody has called run().`,
      details: { notRunningWorkers: of('not_running').map(idOf) },
    };
  }
  const [silent] = of('silent');
  if (silent !== undefined) {
    return {
      code: 'worker.silent',
      message: `Execution worker ${idOf(silent)} has sent no heartbeat for ${seconds(silent.ageMs)}, ${silent.worker.heartbeat.watched ? 'and its connection is open' : 'and its connection cannot be watched'}: it is frozen, or cut off from Redis.`,
      details: { silentWorkers: of('silent').map(idOf), lastHeartbeatAgeMs: Math.round(silent.ageMs) },
    };
  }
  const [lost] = of('lost');
  if (lost !== undefined) {
    return {
      code: 'worker.lost',
      message: `Execution worker ${idOf(lost)} is lost: its connection is gone without a goodbye, its last heartbeat was ${seconds(lost.ageMs)} ago. Queue processing is offline.`,
      details: { lostWorkers: of('lost').map(idOf), lastHeartbeatAgeMs: Math.round(lost.ageMs) },
    };
  }
  const [stopped] = [...of('stopping'), ...of('stopped')];
  if (stopped !== undefined) {
    return {
      code: 'worker.stopped',
      message: `Execution worker ${idOf(stopped)} ${stopped.state === 'stopping' ? 'is stopping' : `stopped ${seconds(stopped.ageMs)} ago`} and no other has started. Queue processing is offline.`,
      details: { stoppedWorkers: [...of('stopping'), ...of('stopped')].map(idOf) },
    };
  }
  return observed(given);
}

function wedgedVerdict({ evidence }: QueueCase, wedged: WorkerAssessment): Verdict {
  const { heartbeat } = wedged.worker;
  const waiting = (evidence.slow?.counts.waiting ?? 0) + (evidence.slow?.counts.prioritized ?? 0);
  return {
    code: 'worker.wedged',
    message: `Execution worker ${heartbeat.id} is alive and takes no jobs: ${plural(waiting, 'job')} waiting, ${heartbeat.concurrency - heartbeat.activeCount} of ${heartbeat.concurrency} slots free, nothing picked up for ${seconds(wedged.wedgedForMs)}.`,
    details: { wedgedWorkers: [heartbeat.id], wedgedForMs: Math.round(wedged.wedgedForMs) },
  };
}

const idOf = (each: WorkerAssessment) => each.worker.heartbeat.id;
const names = (workers: readonly WorkerAssessment[]) => workers.map(idOf).join(', ');
