import type { QueueEvidence } from './evidence.js';
import type { Outcomes } from './finishes.state.js';
import { plural, seconds, type Verdict } from './verdict.js';

const ENOUGH = 5;
const IN_A_ROW = 5;
const RECOVERED = 3;
const HALF = 0.5;

/** How sure it is, in words. */
const BY: Readonly<Record<Outcomes['by'], string>> = {
  jobs: 'So say the jobs that the queue keeps.',
  events: "It keeps no completed jobs; so say BullMQ's events.",
  failed:
    'It keeps no completed jobs, and no event tells of one: whether others succeed cannot be told without heartbeats.',
};

/** Whether jobs fail of a queue whose workers do not say how they end: what is kept of those that ended tells. */
export function observedFailing({ outcomes, queue, now, workers }: QueueEvidence): Verdict | null {
  const { finished, failed, failuresInARow, successesInARow, lastAt, by, failedWatched } = outcomes;
  // Of workers that send heartbeats these tell, and know of every job.
  if (workers.length > 0 || finished < ENOUGH || lastAt === null) return null;
  const details = { recentFinished: finished, recentFailed: failed, by };
  const last = `the last of them ${seconds(Math.max(0, now - lastAt))} ago`;
  const watched = failedWatched === 0 ? '' : ` ${failedWatched} failed while it was watched.`;
  if (by === 'failed') {
    return {
      code: 'jobs.some_failing',
      message: `${plural(failed, 'job')} of queue ${queue} have failed lately, ${last}.${watched} ${BY[by]}`,
      details,
    };
  }
  if (failuresInARow >= IN_A_ROW) {
    return {
      code: 'jobs.failing',
      message: `The last ${plural(failuresInARow, 'job')} of queue ${queue} have all failed, ${last}.${watched} ${BY[by]}`,
      details,
    };
  }
  if (failed / finished < HALF || successesInARow >= RECOVERED) return null;
  return {
    code: 'jobs.some_failing',
    message: `${failed} of the last ${plural(finished, 'job')} of queue ${queue} have failed, ${last}.${watched} ${BY[by]}`,
    details,
  };
}
