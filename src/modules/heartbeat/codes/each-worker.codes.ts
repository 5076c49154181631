import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../../health/codes/index.js';

/** What is wrong with single workers while the queues are consumed. */
export const eachWorkerCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'worker.some_not_running': warn({
      message: 'An execution worker was never told to run; others go on.',
      means: 'A worker was made with autorun: false and nobody has called its run().',
      firstCommand: askApi('/api/production/health', '.checks.workers'),
      fix: 'Call run() of that worker, or leave autorun out of its options.',
    }),
    'worker.clock_skewed': warn({
      message: 'The clock of a worker is wrong.',
      means:
        'It differs from that of Redis by more than a job may wait; BullMQ runs delayed jobs by that clock.',
      firstCommand: askApi('/api/production/health', '.checks.workers'),
      fix: 'Set the clock of the host that the message names, and keep it right.',
    }),
    'worker.clock_skewed_late': fail({
      message: 'Delayed jobs wait, for the clock of every worker is behind.',
      means:
        'A delayed job is due, and no worker that takes jobs believes so: their clocks are behind that of Redis.',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details'),
      fix: 'Set the clocks of the hosts of the workers, and keep them right.',
    }),
    'worker.late': warn({
      message: 'The heartbeat of a worker is overdue.',
      means:
        'One interval and more has passed without it: the worker is busy, frozen or cut off. It held no job.',
      firstCommand: askApi('/api/production/health', '.checks.workers'),
      fix: 'Wait for the next heartbeat, or for the timeout.',
    }),
    'worker.late_with_jobs': warn({
      message: 'The heartbeat of a worker that runs jobs is overdue.',
      means:
        'One interval and more has passed without it: busy, frozen or cut off. Its jobs may go on meanwhile.',
      restart: 'harmful',
      firstCommand: askApi('/api/production/queue/heartbeat', '.leases, .workers'),
      fix: 'Wait for the next heartbeat, or until the locks of its jobs decide.',
    }),
    'workers.in_order': healthy('Every worker beats in time and its clock is right.'),
    'workers.too_few': warn({
      message: 'Fewer workers take jobs than there should be.',
      means: 'The number of healthy workers is below WORKERS_MIN.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | {id, state}'),
      fix: 'Start the workers that are missing, or lower WORKERS_MIN.',
    }),
    'workers.unreadable': warn({
      message: 'Heartbeats of workers cannot be read.',
      means:
        'More ids than are looked at are listed as workers, or what lies there is too long or no heartbeat.',
      firstCommand: 'redis-cli -u "$REDIS_URL" zcard ${QUEUE_PREFIX:-bull}:execution:probity:workers',
      fix: 'Find out who writes under the keys of the heartbeats.',
    }),
    'workers.unknown': fail({
      message: 'The workers cannot be seen.',
      means: 'The queue cannot be asked, so nothing can be said of single workers.',
      firstCommand: askApi('/readyz/queue?verbose'),
      fix: 'Mend what the queue check names.',
    }),
    'worker.loop_blocked': warn({
      message: 'A job keeps the event loop of its worker busy.',
      means: 'The worker cannot renew its locks while the job spins; the job will run twice.',
      restart: 'harmful',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details.blockedWorkers, .leases'),
      fix: 'Wait for the job, then move its computation to a worker thread or a child process.',
    }),
    'worker.stale_leases': warn({
      message: 'Jobs are held without a sign of life.',
      means: 'Active jobs whose holder has been silent for longer than the timeout; BullMQ retries them.',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details.staleLeases'),
      fix: 'Wait a minute for the next stalled check.',
    }),
    'worker.duplicate_id': warn({
      message: 'Two workers use the same id.',
      means: 'Two live processes have one WORKER_ID, so one hides the death of the other.',
      kind: 'setup',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | {id, host, pid}'),
      fix: 'Give each process a WORKER_ID of its own, or unset it.',
    }),
  },
);
