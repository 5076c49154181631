import type { CodeDefinition } from '../../health/index.js';
import type { Verdict } from './verdict.js';

/** What the `queue` check says at the moment. */
export interface QueueWord {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly message: string;
}

/**
 * While the queue itself fails, nobody works and no restart of a worker helps: silence has its reason there, and
 * a healthy heartbeat proves nothing. What somebody did on purpose, and what cannot be known, is said as it is.
 */
export function underQueue(
  verdict: Verdict,
  { status, restart }: Pick<CodeDefinition, 'status' | 'restart'>,
  queue: QueueWord | undefined,
): Verdict {
  if (queue?.status !== 'fail') return verdict;
  if (status === 'fail' && restart !== 'helps') return verdict;
  return {
    code: 'worker.queue_failing',
    message: `No worker can work, for the queue fails: ${queue.message}`,
    details: status === 'pass' ? verdict.details : { ...verdict.details, otherwise: verdict.code },
  };
}
