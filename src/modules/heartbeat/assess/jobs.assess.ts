import type { QueueEvidence } from './evidence.js';
import { plural, type Verdict } from './verdict.js';

const ENOUGH = 5;
const IN_A_ROW = 5;
const RECOVERED = 3;

/** How jobs end, as their workers and the queue tell. Whether they are picked up is another question. */
export function assessJobs(evidence: QueueEvidence): Verdict {
  return (
    failing(evidence) ??
    orphanedParents(evidence) ?? { code: 'jobs.finishing', message: 'Jobs finish.', details: {} }
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
    return {
      code: 'jobs.failing',
      message: `Every recent job of queue ${queue} has failed (${failed} of the last ${finished}). See the errors of its failed jobs.`,
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

function orphanedParents({ slow, queue }: QueueEvidence): Verdict | null {
  const parents = slow?.orphanedParents ?? [];
  if (parents.length === 0) return null;
  return {
    code: 'jobs.parent_waiting',
    message: `Job ${parents[0]} of queue ${queue} waits for a child job that has failed. Retry or remove the child.`,
    details: { parents },
  };
}
