import { depthOf, limitOf, oldestAge } from './depth.js';
import type { Lease } from './leases.assess.js';
import type { QueueCase } from './queue-case.js';
import { limitInWords, plural, seconds, type Verdict } from './verdict.js';
import { lateVerdict, skewVerdict } from './each-worker.assess.js';
import { isAlive, isHealthy, isTimely, type WorkerAssessment } from './workers.assess.js';

/** Somebody takes jobs, and yet something is to be said: the first that applies, null when nothing does. */
export function warningOf(given: QueueCase): Verdict | null {
  return (
    pausedQueue(given) ??
    blockedLoop(given) ??
    lateWorkers(given) ??
    clocksOff(given) ??
    someWorker(given) ??
    duplicateId(given) ??
    staleLeases(given) ??
    backlog(given)
  );
}

function pausedQueue({ evidence }: QueueCase): Verdict | null {
  if (evidence.slow?.counts.paused !== true) return null;
  return {
    code: 'queue.paused',
    message: `Queue ${evidence.queue} is paused, with ${plural(depthOf(evidence), 'job')} waiting. Resume it when it may go on.`,
    details: {},
  };
}

function blockedLoop({ workers, leases }: QueueCase): Verdict | null {
  const blocked = workers.filter((each) => isAlive(each) && isBlocked(each, leases));
  const [first] = blocked;
  if (first === undefined) return null;
  return {
    code: 'worker.loop_blocked',
    message: `A job keeps the event loop of ${first.worker.heartbeat.id} busy: no heartbeat for ${seconds(first.ageMs)}, the lock of its job is not renewed, and the job will run twice. Do not restart it.`,
    details: { blockedWorkers: blocked.map((each) => each.worker.heartbeat.id) },
  };
}

function isBlocked(each: WorkerAssessment, leases: readonly Lease[]): boolean {
  const own = leases.filter((lease) => lease.holder?.worker === each.worker);
  const { intervalMs, lockDurationMs } = each.worker.heartbeat;
  // A lock is renewed when half of its time is over; with much less left, the renewal did not happen.
  const runsOut = own.some((lease) => lease.lockLeftMs !== null && lease.lockLeftMs < 0.4 * lockDurationMs);
  return runsOut && each.ageMs > 1.2 * intervalMs;
}

/** Beside one that is on time, a late one is told of by the check `workers` alone. */
function lateWorkers({ workers }: QueueCase): Verdict | null {
  return workers.some(isTimely) ? null : lateVerdict(workers);
}

/** Beside one whose clock is right, delayed jobs run in time. */
function clocksOff({ workers }: QueueCase): Verdict | null {
  const rightClock = workers.some((each) => isHealthy(each) && each.clockOffMs === 0);
  return rightClock ? null : skewVerdict(workers);
}

function someWorker({ workers }: QueueCase): Verdict | null {
  const of = (state: string) => workers.filter((each) => each.state === state);
  const wedged = workers.filter((each) => each.wedgedForMs > 0);
  const name = (each: WorkerAssessment | undefined) => each?.worker.heartbeat.id ?? '';
  if (wedged.length > 0) {
    return {
      code: 'worker.some_wedged',
      message: `Worker ${name(wedged[0])} has picked up nothing for ${seconds(wedged[0]?.wedgedForMs ?? 0)} while jobs wait and it has free slots; others go on.`,
      details: { wedgedWorkers: wedged.map(name) },
    };
  }
  const silent = of('silent');
  if (silent.length > 0) {
    return {
      code: 'worker.some_silent',
      message: `Worker ${name(silent[0])} has sent no heartbeat for ${seconds(silent[0]?.ageMs ?? 0)}; others go on.`,
      details: { silentWorkers: silent.map(name) },
    };
  }
  const lost = of('lost');
  if (lost.length > 0) {
    return {
      code: 'worker.some_lost',
      message: `Worker ${name(lost[0])} is lost: no goodbye, last heartbeat ${seconds(lost[0]?.ageMs ?? 0)} ago; others go on.`,
      details: { lostWorkers: lost.map(name) },
    };
  }
  return null;
}

function duplicateId({ workers }: QueueCase): Verdict | null {
  const [double] = workers.filter((each) => each.worker.doubleAt !== null);
  if (double === undefined) return null;
  return {
    code: 'worker.duplicate_id',
    message: `Two workers call themselves ${double.worker.heartbeat.id}. Give each a WORKER_ID of its own.`,
    details: { workerId: double.worker.heartbeat.id },
  };
}

function staleLeases({ leases }: QueueCase): Verdict | null {
  const stale = leases.filter((lease) => lease.stale);
  if (stale.length === 0) return null;
  return {
    code: 'worker.stale_leases',
    message: `${plural(stale.length, 'job')} held without a sign of life, such as ${stale[0]?.jobId}. BullMQ hands stalled jobs to another worker.`,
    details: {},
  };
}

function backlog({ evidence, limits }: QueueCase): Verdict | null {
  const { now, headSince, waitingBefore, slow } = evidence;
  const depth = depthOf(evidence);
  const ageMs = oldestAge(evidence);
  const tooOld = ageMs !== null && ageMs > limits.maxWaitMs;
  // Until it has been watched for a minute, a long queue is told of, and no guess is made at where it goes.
  const tooLong =
    slow !== null && depth > limits.backlogWarn && (waitingBefore === null || depth > waitingBefore);
  const limit = limitOf(evidence);
  if ((tooOld || tooLong) && limit !== null) {
    return {
      code: 'queue.limited',
      message: `${plural(depth, 'job')} waiting${ageMs === null ? '' : `, the oldest for ${seconds(ageMs)}`}, held back by ${limitInWords(limit)}. More workers change nothing: raise the limit, or wait.`,
      details: {
        limit: limitInWords(limit),
        limitLeftMs: limit.kind === 'rate' ? limit.leftMs : null,
        headAgeMs: headSince === null ? null : now - headSince,
      },
    };
  }
  if (tooOld) {
    return {
      code: 'queue.backlog',
      message: `The oldest job${slow?.waiting.sample === true ? ' of a sample' : ''} has waited for ${seconds(ageMs)}, longer than QUEUE_MAX_WAIT_MS; ${plural(depth, 'job')} waiting. Add workers or concurrency.`,
      details: { headAgeMs: headSince === null ? null : now - headSince },
    };
  }
  if (!tooLong) return null;
  const trend =
    waitingBefore === null ? 'whether it is getting more will be known in a minute' : 'their number grows';
  return {
    code: 'queue.backlog',
    message: `${plural(depth, 'job')} wait, more than QUEUE_BACKLOG_WARN, and ${trend}. Add workers or concurrency.`,
    details: { waitingAMinuteAgo: waitingBefore },
  };
}
