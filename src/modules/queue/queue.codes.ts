import { defineCodes, fail } from '../health/codes/index.js';

/** Reasons of the queue itself: can it take work, and will it keep it? */
export const queueCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'worker' },
  {
    'queue.inmemory': fail(
      'Queue driver is running in non-durable in-memory mode. Jobs will not be persisted.',
      'QUEUE_DRIVER is inmemory, which is for isolated tests only.',
      { fix: 'Remove QUEUE_DRIVER=inmemory from the environment and .env, or set QUEUE_DRIVER=bullmq.' },
    ),
    'queue.data_lost': fail(
      'The queue has lost data and is being reconciled.',
      'The sentinel of the queue is gone or its job ids went backwards: Redis lost its data or was emptied.',
      { passesWithinMs: 60_000 },
    ),
    'queue.add_timeout': fail(
      'The queue did not confirm the job in time.',
      'Redis hangs or holds back writes; the job may still arrive, so its row was withdrawn first.',
    ),
  },
);

type QueueCodes = typeof queueCodes;
declare global {
  namespace Probity {
    interface Codes extends QueueCodes {}
  }
}
