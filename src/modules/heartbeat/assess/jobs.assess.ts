import { notDraining } from './draining.assess.js';
import type { Limits, QueueEvidence } from './evidence.js';
import { observedFailing } from './outcomes.assess.js';
import { poison } from './poison.assess.js';
import { plural, seconds, type Verdict } from './verdict.js';

const ENOUGH = 5;
const IN_A_ROW = 5;
const RECOVERED = 3;

export const FINISHING: Verdict = { code: 'jobs.finishing', message: 'Jobs finish.', details: {} };

/** How jobs end, as their workers and the queue tell. Whether they are picked up is another question. */
export function assessJobs(evidence: QueueEvidence, limits: Limits): Verdict {
  return (
    poison(evidence) ??
    doubled(evidence) ??
    failing(evidence) ??
    observedFailing(evidence) ??
    orphanedParents(evidence) ??
    deadScheduler(evidence, limits) ??
    notDraining(evidence, limits) ??
    FINISHING
  );
}

function failing({ workers, queue, now }: QueueEvidence): Verdict | null {
  const heartbeats = workers
    .map((each) => each.heartbeat)
    .filter((each) => each.recentFinished > 0 && now - each.at <= each.timeoutMs);
  const finished = heartbeats.reduce((sum, each) => sum + each.recentFinished, 0);
  const failed = heartbeats.reduce((sum, each) => sum + each.recentFailed, 0);
  if (finished < ENOUGH) return null;
  const details = { recentFinished: finished, recentFailed: failed };
  // A worker whose last job succeeded shows that jobs can.
  if (heartbeats.every((each) => each.failuresInARow >= Math.min(IN_A_ROW, each.recentFinished))) {
    const what =
      failed === finished
        ? `Every recent job of queue ${queue} has failed`
        : `The latest jobs of every worker of queue ${queue} have failed`;
    return {
      code: 'jobs.failing',
      message: `${what} (${failed} of the last ${finished}). See the errors of its failed jobs.`,
      details,
    };
  }
  if (failed / finished < 0.5 || heartbeats.every((each) => each.successesInARow >= RECOVERED)) return null;
  return {
    code: 'jobs.some_failing',
    message: `${failed} of the last ${plural(finished, 'job')} of queue ${queue} have failed. See the errors of its failed jobs.`,
    details,
  };
}

/** The outcome is the queue's: a processor that ends well has lost its job when its lock has run out. */
function doubled({ doubled: { jobs }, slow, queue }: QueueEvidence): Verdict | null {
  const all = [...jobs.values()];
  const failed = all.filter(({ jobId }) => slow?.stalledOut.includes(jobId) === true);
  const [first] = failed.length > 0 ? failed : all;
  if (first === undefined) return null;
  const why = 'its worker does not renew the lock in time';
  const fix =
    'Let lockRenewTime be half of lockDuration, and lockDuration longer than any pause of the worker.';
  const details = { doubledJobs: all.slice(0, 10).map(({ jobId }) => jobId), failed: failed.length };
  return failed.length > 0
    ? {
        code: 'jobs.doubled_failed',
        message: `${plural(failed.length, 'job')} of queue ${queue}, such as ${first.jobId}, ran more than once and failed as stalled, though workers ran on: ${why}. ${fix}`,
        details,
      }
    : {
        code: 'jobs.doubled',
        message: `Job ${first.jobId} of queue ${queue} runs more than once at a time, or is about to: ${why}. ${fix}`,
        details,
      };
}

function deadScheduler({ slow, queue, now }: QueueEvidence, { maxWaitMs }: Limits): Verdict | null {
  const dead = (slow?.deadSchedulers ?? []).filter(({ dueAt }) => now - dueAt > maxWaitMs);
  const [first] = dead;
  if (first === undefined) return null;
  return {
    code: 'queue.scheduler_dead',
    message: `The job scheduler ${first.id} of queue ${queue} runs no more: its next run was due ${seconds(now - first.dueAt)} ago and has no job. Upsert it again.`,
    details: { deadSchedulers: dead.slice(0, 10).map(({ id }) => id) },
  };
}

function orphanedParents({ slow, queue }: QueueEvidence): Verdict | null {
  const { ids, sample } = slow?.orphanedParents ?? { ids: [], sample: false };
  const [first] = ids;
  if (first === undefined) return null;
  const more = sample ? ' Not all parents and children were looked at: this is a sample.' : '';
  return {
    code: 'jobs.parent_waiting',
    message: `Job ${first} of queue ${queue} waits for a child job that has failed or is gone. Retry the child, or remove the parent.${more}`,
    details: { parents: ids, sample },
  };
}
