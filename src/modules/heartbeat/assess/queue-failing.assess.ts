import type { Status } from '../../health/index.js';
import type { Verdict } from './verdict.js';

/** What the `queue` check says at the moment. */
export interface QueueWord {
  readonly status: Status;
  readonly message: string;
}

/** A queue that fails is reason enough for these: heartbeats are not stored, jobs not handed out, nor finished. */
const EXPLAINED: ReadonlySet<Verdict['code']> = new Set<Verdict['code']>([
  'worker.silent',
  'worker.wedged',
  'worker.canary_lost',
  'worker.job_stuck',
]);

/**
 * While the queue itself fails, a healthy heartbeat proves nothing, and silence has its reason there: no restart
 * of a worker helps. What the queue does not explain (a worker that is gone, or paused) is said as it is.
 * `status` is the one of the verdict.
 */
export function underQueue(verdict: Verdict, status: Status, queue: QueueWord | undefined): Verdict {
  if (queue?.status !== 'fail') return verdict;
  if (status === 'fail' && !EXPLAINED.has(verdict.code)) return verdict;
  return {
    code: 'worker.queue_failing',
    message: `No worker can work, for the queue fails: ${queue.message}`,
    details: status === 'pass' ? verdict.details : { ...verdict.details, otherwise: verdict.code },
  };
}
