import { healthy, type CodeDefinition, type RestartEffect } from './code.js';

type Reason = Pick<CodeDefinition, 'message' | 'means'>;
const failing = (restart: RestartEffect, reason: Reason): CodeDefinition => ({
  status: 'fail',
  restart,
  target: 'worker',
  ...reason,
});
const warning = (restart: RestartEffect, reason: Reason): CodeDefinition => ({
  status: 'warn',
  restart,
  target: 'worker',
  ...reason,
});

/** Whether the queues are consumed, and what comes of it. */
export const heartbeatCodes = {
  'worker.healthy': healthy('Execution worker heartbeat is healthy.'),
  'worker.at_limit': healthy(
    'Execution worker is healthy and works at its limit.',
    'Jobs wait because every slot is taken, or a concurrency or rate limit is reached. That is by design.',
  ),
  'worker.scaled_to_zero': healthy(
    'No worker runs, and none has to.',
    'WORKERS_MIN is 0 and nothing waits for longer than allowed: scaled to zero on purpose.',
  ),
  'worker.not_started': failing('helps', {
    message: 'Execution worker has not been started. Queue processing is offline.',
    means: 'No worker of this queue has ever reported. Start one.',
  }),
  'worker.stopped': failing('helps', {
    message: 'Every execution worker has stopped. Queue processing is offline.',
    means: 'The last worker said goodbye and none came after it: it was stopped on purpose.',
  }),
  'worker.lost': failing('helps', {
    message: 'The execution worker is lost. Queue processing is offline.',
    means: 'The connection of the worker is gone and it said no goodbye: killed, crashed, or out of memory.',
  }),
  'worker.some_lost': warning('helps', {
    message: 'An execution worker is lost; others go on.',
    means: 'A worker vanished without a goodbye while another is healthy. Forgotten after ten minutes.',
  }),
  'worker.silent': failing('helps', {
    message: 'The execution worker no longer sends heartbeats.',
    means: 'Its connection is open and no heartbeat comes: frozen, or cut off from Redis (then useless).',
  }),
  'worker.some_silent': warning('helps', {
    message: 'An execution worker no longer sends heartbeats; others go on.',
    means: 'One worker is frozen or cut off from Redis while another is healthy.',
  }),
  'worker.wedged': failing('helps', {
    message: 'The execution worker is alive and takes no jobs.',
    means: 'Jobs wait, slots are free, nothing is picked up while Redis answers: its fetch loop is wedged.',
  }),
  'worker.some_wedged': warning('helps', {
    message: 'An execution worker takes no jobs; others go on.',
    means: 'One worker has free slots and picks up nothing while jobs wait and another worker is healthy.',
  }),
  'worker.paused': failing('useless', {
    message: 'Every execution worker is paused.',
    means: 'Somebody paused the worker itself. It takes no jobs until it is resumed.',
  }),
  'worker.not_running': failing('useless', {
    message: 'The execution worker is alive and was never told to run.',
    means: 'It was made with autorun: false and nobody has called run(), so it takes no jobs.',
  }),
  'worker.some_not_running': warning('useless', {
    message: 'An execution worker was never told to run; others go on.',
    means: 'A worker was made with autorun: false and nobody has called its run().',
  }),
  'worker.job_stuck': failing('helps', {
    message: 'A job has run too long without progress.',
    means: 'A job neither ended nor made progress within JOB_STUCK_AFTER_MS; it holds its slot for ever.',
  }),
  'worker.job_stuck_again': failing('useless', {
    message: 'A job is stuck again after it was retried.',
    means:
      'The same job hung in an earlier attempt, so it would hang again: its code or its input is at fault.',
  }),
  'worker.canary_lost': failing('helps', {
    message: 'A test job sent through the queue did not come back.',
    means:
      'Slots were free and the canary was not echoed within the allowed wait: the way is broken somewhere.',
  }),
  'worker.different_queue': failing('useless', {
    message: 'Processes of this platform use different queues.',
    means: 'API and worker are connected to different Redis servers, databases or prefixes.',
  }),
  'worker.queue_failing': failing('useless', {
    message: 'No worker can work, for the queue fails.',
    means: 'The queue check fails, so nothing can be taken or finished, whatever the workers are like.',
  }),
  'worker.unknown': failing('useless', {
    message: 'The workers cannot be seen, for the queue cannot be asked.',
    means: 'Redis or the queue driver fails, so nothing can be said of who consumes the queue.',
  }),
  'worker.clock_skewed': warning('useless', {
    message: 'The clock of a worker is wrong.',
    means:
      'It differs from that of Redis by more than a job may wait; BullMQ runs delayed jobs by that clock.',
  }),
  'worker.clock_skewed_late': failing('useless', {
    message: 'Delayed jobs wait, for the clock of every worker is behind.',
    means:
      'A delayed job is due, and no worker that takes jobs believes so: their clocks are behind that of Redis.',
  }),
  'worker.late': warning('useless', {
    message: 'The heartbeat of a worker is overdue.',
    means:
      'One interval and more has passed without it: the worker is busy, frozen or cut off. It held no job.',
  }),
  'worker.late_with_jobs': warning('harmful', {
    message: 'The heartbeat of a worker that runs jobs is overdue.',
    means:
      'One interval and more has passed without it: busy, frozen or cut off. Its jobs may go on meanwhile.',
  }),
  'workers.in_order': healthy('Every worker beats in time and its clock is right.'),
  'workers.too_few': warning('helps', {
    message: 'Fewer workers take jobs than there should be.',
    means: 'The number of healthy workers is below WORKERS_MIN.',
  }),
  'workers.unreadable': warning('useless', {
    message: 'Heartbeats of workers cannot be read.',
    means:
      'More ids than are looked at are listed as workers, or what lies there is too long or no heartbeat.',
  }),
  'workers.unknown': failing('useless', {
    message: 'The workers cannot be seen.',
    means: 'The queue cannot be asked, so nothing can be said of single workers.',
  }),
  'worker.loop_blocked': warning('harmful', {
    message: 'A job keeps the event loop of its worker busy.',
    means: 'The worker cannot renew its locks while the job spins; the job will run twice.',
  }),
  'worker.stale_leases': warning('useless', {
    message: 'Jobs are held without a sign of life.',
    means: 'Active jobs whose holder has been silent for longer than the timeout; BullMQ retries them.',
  }),
  'worker.uninstrumented': warning('useless', {
    message: 'The queue is consumed by workers that send no heartbeats.',
    means: 'BullMQ workers are connected, but none was given to instrumentWorker: their work is not proven.',
  }),
  'worker.duplicate_id': warning('useless', {
    message: 'Two workers use the same id.',
    means: 'Two live processes have one WORKER_ID, so one hides the death of the other.',
  }),
  'queue.paused': warning('useless', {
    message: 'The queue is paused.',
    means: 'Somebody paused the queue: jobs are accepted, and none is run until it is resumed.',
  }),
  'queue.backlog': warning('useless', {
    message: 'The backlog of the queue is long or its jobs wait too long.',
    means:
      'More jobs than QUEUE_BACKLOG_WARN wait and grow, or the oldest waits longer than QUEUE_MAX_WAIT_MS.',
  }),
  'queue.limited': warning('useless', {
    message: 'Jobs wait longer than allowed, held back by a limit of the queue.',
    means:
      'The rate or concurrency limit is reached and jobs wait longer than QUEUE_MAX_WAIT_MS. More workers change nothing.',
  }),
  'queue.foreign_consumer': warning('useless', {
    message: 'Somebody else takes jobs of the queue.',
    means:
      'Jobs are completed without their executions: a worker of another application or of another deployment takes them.',
  }),
  'consumption.running': healthy('This worker takes jobs.'),
  'consumption.paused': {
    ...failing('useless', {
      message: 'This worker is paused.',
      means: 'Somebody paused this worker. It takes no jobs until it is resumed.',
    }),
    target: 'self',
  },
  'consumption.not_running': {
    ...failing('useless', {
      message: 'This worker is not consuming.',
      means: 'The consumer of this process is starting, stopping, or was never started.',
    }),
    target: 'self',
  },
  'consumption.disconnected': {
    ...failing('useless', {
      message: 'This worker cannot reach the queue.',
      means: 'Its heartbeats do not reach Redis. It reconnects by itself when Redis is back.',
    }),
    target: 'self',
  },
  'consumption.wedged': {
    ...failing('helps', {
      message: 'This worker is wedged: jobs wait and it takes none.',
      means: 'Redis answers, jobs wait, slots are free, and nothing has been picked up for too long.',
    }),
    target: 'self',
  },
  'jobs.finishing': healthy('Jobs finish.'),
  'jobs.failing': failing('useless', {
    message: 'Every recent job has failed.',
    means: 'Jobs are picked up and fail one after the other: a defect, or something they all need is down.',
  }),
  'jobs.some_failing': warning('useless', {
    message: 'Many recent jobs have failed.',
    means: 'At least half of the recent jobs failed.',
  }),
  'jobs.parent_waiting': warning('useless', {
    message: 'A job waits for a child job that has failed.',
    means: 'The parent of a failed child waits for ever unless the child is retried or removed.',
  }),
  'jobs.poison': failing('useless', {
    message: 'A job kills every worker that takes it.',
    means: 'Several lives of workers ended without a goodbye, and all of them held the same job then.',
  }),
  'jobs.doubled': warning('useless', {
    message: 'A job runs more than once at a time.',
    means: 'Its worker lives and does not renew the lock in time, so BullMQ hands the job to another one.',
  }),
  'jobs.doubled_failed': failing('useless', {
    message: 'Jobs ran more than once and failed as stalled, though their workers ran on.',
    means:
      'Locks are not renewed in time; BullMQ fails a job whose lock ran out too often, whatever its processor says.',
  }),
  'queue.scheduler_dead': warning('useless', {
    message: 'A job scheduler runs no more.',
    means: 'Its next run is past and its job is gone; BullMQ makes the next one only out of the one before.',
  }),
  'jobs.unknown': failing('useless', {
    message: 'The outcome of jobs cannot be seen.',
    means: 'The queue cannot be asked, so nothing can be said of how jobs end.',
  }),
} as const satisfies Record<string, CodeDefinition>;
