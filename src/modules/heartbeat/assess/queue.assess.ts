import { depthOf, limitOf } from './depth.js';
import { offline } from './offline.assess.js';
import { observedVerdict } from './observed.assess.js';
import { poison } from './poison.assess.js';
import type { QueueCase } from './queue-case.js';
import { inBrackets, limitInWords, plural, seconds, type Verdict } from './verdict.js';
import { warningOf } from './warnings.assess.js';
import { clockOf, clockRow, skewed } from './each-worker.assess.js';
import { isAlive, isHealthy } from './workers.assess.js';

/** A worker that waits for a delayed job wakes up for it within this time. */
const PROMOTED_WITHIN_MS = 5000;

/**
 * One queue, one verdict: the first that applies.
 *
 *   different queues > a job kills its workers > nobody takes jobs (see offline.assess) > a job is stuck
 *   > delayed jobs wait for a clock > the canary is lost > queue paused > event loop blocked > heartbeats late
 *   > clocks wrong > some worker wedged, silent, lost > one id twice > stale leases
 *   > backlog > healthy, or observed where no worker sends heartbeats
 *
 * Failures come before warnings, and what somebody did on purpose before what follows from it.
 */
export function assessQueue(given: QueueCase): Verdict {
  const verdict =
    differentQueues(given) ??
    poison(given.evidence) ??
    offline(given) ??
    stuckJob(given) ??
    lateByClock(given) ??
    lostCanary(given) ??
    warningOf(given) ??
    (given.workers.some(isHealthy) ? healthy(given) : observedVerdict(given));
  return { ...verdict, details: { ...detailsOf(given), ...verdict.details } };
}

function differentQueues({ conflicts }: QueueCase): Verdict | null {
  if (conflicts.length === 0) return null;
  return {
    code: 'worker.different_queue',
    message: `${conflicts.join(' ')} Give them the same Redis and the same QUEUE_PREFIX.`,
    details: { conflicts },
  };
}

function stuckJob({ evidence, limits, workers }: QueueCase): Verdict | null {
  const { now } = evidence;
  const alive = workers.filter((each) => each.state === 'running');
  const stuck = alive
    .flatMap(({ worker }) => worker.heartbeat.active.map((job) => ({ job, id: worker.heartbeat.id })))
    .map((each) => ({ ...each, ageMs: now - Math.max(each.job.startedAt, each.job.progressAt ?? 0) }))
    // A job that is meant to run for hours says so itself.
    .filter((each) => each.ageMs > (each.job.stuckAfterMs ?? limits.jobStuckAfterMs))
    .sort((a, b) => b.ageMs - a.ageMs);
  const [oldest] = stuck;
  if (oldest === undefined) return null;
  const free = alive.reduce((sum, { worker }) => sum + freeSlots(worker.heartbeat), 0);
  const again = oldest.job.attempt > 1;
  return {
    code: again ? 'worker.job_stuck_again' : 'worker.job_stuck',
    message: `Job ${oldest.job.id}${inBrackets(oldest.job.name)} on ${oldest.id} has made no progress for ${seconds(oldest.ageMs)}${again ? `, in its attempt ${oldest.job.attempt}` : ''}; ${plural(free, 'free slot')} left.`,
    details: {
      stuckJobs: stuck.slice(0, 10).map(({ job, id, ageMs }) => ({
        jobId: job.id,
        ...(job.name === null ? {} : { name: job.name }),
        workerId: id,
        ageMs: Math.round(ageMs),
        attempt: job.attempt,
      })),
      freeSlots: free,
    },
  };
}

/** A delayed job is due, and every worker that could take it believes that it is not. */
function lateByClock({ evidence, limits, workers }: QueueCase): Verdict | null {
  const { now, slow } = evidence;
  const overdueMs = slow?.overdueSince == null ? 0 : now - slow.overdueSince;
  const working = workers.filter(isHealthy);
  const [first] = skewed(working);
  const allBehind = working.every((each) => each.clockOffMs < 0);
  if (first === undefined || !allBehind || overdueMs < Math.min(PROMOTED_WITHIN_MS, limits.maxWaitMs))
    return null;
  return {
    code: 'worker.clock_skewed_late',
    message: `${clockOf(first)}: a delayed job is due since ${seconds(overdueMs)} and waits for that clock. Set it; a restart changes nothing.`,
    details: { overdueDelayedMs: overdueMs, skewedClocks: skewed(working).map(clockRow) },
  };
}

const freeSlots = (heartbeat: { concurrency: number; activeCount: number }) =>
  Math.max(0, heartbeat.concurrency - heartbeat.activeCount);

function lostCanary({ canaryLostForMs, evidence, workers }: QueueCase): Verdict | null {
  if (canaryLostForMs === null || evidence.slow?.counts.paused === true) return null;
  // Of two workers of one id each overwrites what the other tells, that a canary came too.
  if (workers.some(({ worker }) => worker.doubleAt !== null)) return null;
  return {
    code: 'worker.canary_lost',
    message: `A test job sent through the queue has not come back for ${seconds(canaryLostForMs)}, though slots were free.`,
    details: { canaryOverdueMs: Math.round(canaryLostForMs) },
  };
}

function healthy({ evidence, workers }: QueueCase): Verdict {
  const { slow } = evidence;
  const depth = depthOf(evidence);
  const active = slow?.counts.active ?? 0;
  if (depth === 0) {
    return {
      code: 'worker.healthy',
      message: 'Execution worker heartbeat is healthy and queue is drained.',
      details: {},
    };
  }
  const depths = `${plural(depth, 'job')} waiting, ${active} active`;
  const free = workers.filter(isHealthy).reduce((sum, each) => sum + freeSlots(each.worker.heartbeat), 0);
  const reached = limitOf(evidence);
  const limit = reached !== null ? limitInWords(reached) : free === 0 ? 'its concurrency' : null;
  if (limit !== null) {
    return {
      code: 'worker.at_limit',
      message: `Execution worker is healthy and works at its limit, ${limit}: ${depths}.`,
      details: { limit, ...(reached?.kind === 'rate' ? { limitLeftMs: reached.leftMs } : {}) },
    };
  }
  return {
    code: 'worker.healthy',
    message: `Execution worker heartbeat is healthy and queue is being drained: ${depths}.`,
    details: {},
  };
}

function detailsOf({ evidence, leases, workers }: QueueCase): Readonly<Record<string, unknown>> {
  const { slow, now } = evidence;
  const stale = leases.filter((lease) => lease.stale);
  const clocks = workers.filter((each) => isAlive(each) && Math.abs(each.worker.heartbeat.skewMs) > 5000);
  const overdueMs = slow?.overdueSince == null ? null : now - slow.overdueSince;
  const uninstrumented =
    slow?.connectedWorkers == null ? 0 : slow.connectedWorkers - workers.filter(isAlive).length;
  return {
    ...(stale.length === 0
      ? {}
      : {
          staleLeases: stale.slice(0, 20).map((lease) => ({
            jobId: lease.jobId,
            workerId: lease.holder?.worker.heartbeat.id ?? 'unknown',
            ageMs: Math.round(lease.ageMs),
          })),
        }),
    ...(overdueMs !== null && overdueMs > 2000 ? { overdueDelayedMs: overdueMs } : {}),
    ...(uninstrumented > 0 ? { workersWithoutHeartbeats: uninstrumented } : {}),
    ...(clocks.length === 0 ? {} : { skewedClocks: clocks.map(clockRow) }),
  };
}
