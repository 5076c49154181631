import { askApi, defineCodes, fail, MONITORING } from '../health/codes/index.js';

/** Reasons of the queue itself: can it take work, and will it keep it? */
export const queueCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'queue.inmemory': fail({
      message: 'Queue driver is running in non-durable in-memory mode. Jobs will not be persisted.',
      means: 'QUEUE_DRIVER is inmemory, which is for isolated tests only.',
      kind: 'setup',
      firstCommand: askApi('/readyz/queue?verbose', '.code'),
      fix: 'Remove QUEUE_DRIVER=inmemory from the environment and .env, or set QUEUE_DRIVER=bullmq.',
    }),
    'queue.data_lost': fail({
      message: 'The queue has lost data and is being reconciled.',
      means:
        'The sentinel of the queue is gone or its job ids went backwards: Redis lost its data or was emptied.',
      passesWithinMs: 60_000,
      firstCommand: 'psql "$DATABASE_URL" -c "select * from queue_incarnations"',
      fix: 'Wait until unfinished executions are put back from Postgres, then find out how Redis lost its data.',
    }),
    'queue.add_timeout': fail({
      message: 'The queue did not confirm the job in time.',
      means: 'Redis hangs or holds back writes; the job may still arrive, so its row was withdrawn first.',
      firstCommand: askApi('/readyz/queue?verbose'),
      fix: 'Mend what the queue check names.',
    }),
  },
);

type QueueCodes = typeof queueCodes;
declare global {
  namespace Probity {
    interface Codes extends QueueCodes {}
  }
}
