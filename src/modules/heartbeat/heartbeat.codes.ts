import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** Whether the queues are consumed, and what comes of it. */
export const heartbeatCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'worker' },
  {
    'worker.healthy': healthy('Execution worker heartbeat is healthy.'),
    'worker.at_limit': healthy(
      'Execution worker is healthy and works at its limit.',
      'Jobs wait because every slot is taken, or a concurrency or rate limit is reached. That is by design.',
    ),
    'worker.scaled_to_zero': healthy(
      'No worker runs, and none has to.',
      'WORKERS_MIN is 0 and nothing waits for longer than allowed: scaled to zero on purpose.',
    ),
    'worker.not_started': fail(
      'Execution worker has not been started. Queue processing is offline.',
      'No worker of this queue has ever reported. Start one.',
      { restart: 'helps' },
    ),
    'worker.stopped': fail(
      'Every execution worker has stopped. Queue processing is offline.',
      'The last worker said goodbye and none came after it: it was stopped on purpose.',
      { restart: 'helps' },
    ),
    'worker.lost': fail(
      'The execution worker is lost. Queue processing is offline.',
      'The connection of the worker is gone and it said no goodbye: killed, crashed, or out of memory.',
      { restart: 'helps' },
    ),
    'worker.some_lost': warn(
      'An execution worker is lost; others go on.',
      'A worker vanished without a goodbye while another is healthy. Forgotten after ten minutes.',
      { restart: 'helps' },
    ),
    'worker.silent': fail(
      'The execution worker no longer sends heartbeats.',
      'Its connection is open and no heartbeat comes: frozen, or cut off from Redis (then useless).',
      { restart: 'helps' },
    ),
    'worker.some_silent': warn(
      'An execution worker no longer sends heartbeats; others go on.',
      'One worker is frozen or cut off from Redis while another is healthy.',
      { restart: 'helps' },
    ),
    'worker.wedged': fail(
      'The execution worker is alive and takes no jobs.',
      'Jobs wait, slots are free, nothing is picked up while Redis answers: its fetch loop is wedged.',
      { restart: 'helps' },
    ),
    'worker.some_wedged': warn(
      'An execution worker takes no jobs; others go on.',
      'One worker has free slots and picks up nothing while jobs wait and another worker is healthy.',
      { restart: 'helps' },
    ),
    'worker.paused': fail(
      'Every execution worker is paused.',
      'Somebody paused the worker itself. It takes no jobs until it is resumed.',
    ),
    'worker.not_running': fail(
      'The execution worker is alive and was never told to run.',
      'It was made with autorun: false and nobody has called run(), so it takes no jobs.',
    ),
    'worker.some_not_running': warn(
      'An execution worker was never told to run; others go on.',
      'A worker was made with autorun: false and nobody has called its run().',
    ),
    'worker.job_stuck': fail(
      'A job has run too long without progress.',
      'A job neither ended nor made progress within JOB_STUCK_AFTER_MS; it holds its slot for ever.',
      { restart: 'helps' },
    ),
    'worker.job_stuck_again': fail(
      'A job is stuck again after it was retried.',
      'The same job hung in an earlier attempt, so it would hang again: its code or its input is at fault.',
    ),
    'worker.canary_lost': fail(
      'A test job sent through the queue did not come back.',
      'Slots were free and the canary was not echoed within the allowed wait: the way is broken somewhere.',
      { restart: 'helps' },
    ),
    'worker.different_queue': fail(
      'Processes of this platform use different queues.',
      'API and worker are connected to different Redis servers, databases or prefixes.',
    ),
    'worker.queue_failing': fail(
      'No worker can work, for the queue fails.',
      'The queue check fails, so nothing can be taken or finished, whatever the workers are like.',
    ),
    'worker.unknown': fail(
      'The workers cannot be seen, for the queue cannot be asked.',
      'Redis or the queue driver fails, so nothing can be said of who consumes the queue.',
    ),
    'worker.clock_skewed': warn(
      'The clock of a worker is wrong.',
      'It differs from that of Redis by more than a job may wait; BullMQ runs delayed jobs by that clock.',
    ),
    'worker.clock_skewed_late': fail(
      'Delayed jobs wait, for the clock of every worker is behind.',
      'A delayed job is due, and no worker that takes jobs believes so: their clocks are behind that of Redis.',
    ),
    'worker.late': warn(
      'The heartbeat of a worker is overdue.',
      'One interval and more has passed without it: the worker is busy, frozen or cut off. It held no job.',
    ),
    'worker.late_with_jobs': warn(
      'The heartbeat of a worker that runs jobs is overdue.',
      'One interval and more has passed without it: busy, frozen or cut off. Its jobs may go on meanwhile.',
      { restart: 'harmful' },
    ),
    'workers.in_order': healthy('Every worker beats in time and its clock is right.'),
    'workers.too_few': warn(
      'Fewer workers take jobs than there should be.',
      'The number of healthy workers is below WORKERS_MIN.',
      { restart: 'helps' },
    ),
    'workers.unreadable': warn(
      'Heartbeats of workers cannot be read.',
      'More ids than are looked at are listed as workers, or what lies there is too long or no heartbeat.',
    ),
    'workers.unknown': fail(
      'The workers cannot be seen.',
      'The queue cannot be asked, so nothing can be said of single workers.',
    ),
    'worker.loop_blocked': warn(
      'A job keeps the event loop of its worker busy.',
      'The worker cannot renew its locks while the job spins; the job will run twice.',
      { restart: 'harmful' },
    ),
    'worker.stale_leases': warn(
      'Jobs are held without a sign of life.',
      'Active jobs whose holder has been silent for longer than the timeout; BullMQ retries them.',
    ),
    'worker.uninstrumented': warn(
      'The queue is consumed by workers that send no heartbeats.',
      'BullMQ workers are connected, but none was given to instrumentWorker: their work is not proven.',
    ),
    'worker.duplicate_id': warn(
      'Two workers use the same id.',
      'Two live processes have one WORKER_ID, so one hides the death of the other.',
    ),
    'queue.paused': warn(
      'The queue is paused.',
      'Somebody paused the queue: jobs are accepted, and none is run until it is resumed.',
    ),
    'queue.backlog': warn(
      'The backlog of the queue is long or its jobs wait too long.',
      'More jobs than QUEUE_BACKLOG_WARN wait and grow, or the oldest waits longer than QUEUE_MAX_WAIT_MS.',
    ),
    'queue.limited': warn(
      'Jobs wait longer than allowed, held back by a limit of the queue.',
      'The rate or concurrency limit is reached and jobs wait longer than QUEUE_MAX_WAIT_MS. More workers change nothing.',
    ),
    'queue.foreign_consumer': warn(
      'Somebody else takes jobs of the queue.',
      'Jobs are completed without their executions: a worker of another application or of another deployment takes them.',
    ),
    'consumption.running': healthy('This worker takes jobs.'),
    'consumption.paused': fail(
      'This worker is paused.',
      'Somebody paused this worker. It takes no jobs until it is resumed.',
      { target: 'self' },
    ),
    'consumption.not_running': fail(
      'This worker is not consuming.',
      'The consumer of this process is starting, stopping, or was never started.',
      { target: 'self' },
    ),
    'consumption.disconnected': fail(
      'This worker cannot reach the queue.',
      'Its heartbeats do not reach Redis. It reconnects by itself when Redis is back.',
      { target: 'self' },
    ),
    'consumption.wedged': fail(
      'This worker is wedged: jobs wait and it takes none.',
      'Redis answers, jobs wait, slots are free, and nothing has been picked up for too long.',
      { restart: 'helps', target: 'self' },
    ),
    'jobs.finishing': healthy('Jobs finish.'),
    'jobs.failing': fail(
      'Every recent job has failed.',
      'Jobs are picked up and fail one after the other: a defect, or something they all need is down.',
    ),
    'jobs.some_failing': warn('Many recent jobs have failed.', 'At least half of the recent jobs failed.'),
    'jobs.parent_waiting': warn(
      'A job waits for a child job that has failed.',
      'The parent of a failed child waits for ever unless the child is retried or removed.',
    ),
    'jobs.poison': fail(
      'A job kills every worker that takes it.',
      'Several lives of workers ended without a goodbye, and all of them held the same job then.',
    ),
    'jobs.doubled': warn(
      'A job runs more than once at a time.',
      'Its worker lives and does not renew the lock in time, so BullMQ hands the job to another one.',
    ),
    'jobs.doubled_failed': fail(
      'Jobs ran more than once and failed as stalled, though their workers ran on.',
      'Locks are not renewed in time; BullMQ fails a job whose lock ran out too often, whatever its processor says.',
    ),
    'queue.scheduler_dead': warn(
      'A job scheduler runs no more.',
      'Its next run is past and its job is gone; BullMQ makes the next one only out of the one before.',
    ),
    'jobs.unknown': fail(
      'The outcome of jobs cannot be seen.',
      'The queue cannot be asked, so nothing can be said of how jobs end.',
    ),
  },
);

type HeartbeatCodes = typeof heartbeatCodes;
declare global {
  namespace Probity {
    interface Codes extends HeartbeatCodes {}
  }
}
