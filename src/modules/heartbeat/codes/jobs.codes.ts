import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../../health/codes/index.js';

/** How jobs wait, and how they end. */
export const jobsCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'queue.paused': warn({
      message: 'The queue is paused.',
      means: 'Somebody paused the queue: jobs are accepted, and none is run until it is resumed.',
      kind: 'planned',
      firstCommand: 'redis-cli -u "$REDIS_URL" hget ${QUEUE_PREFIX:-bull}:execution:meta paused',
      fix: 'Find out who paused the queue, and resume it when it may go on.',
    }),
    'queue.backlog': warn({
      message: 'The backlog of the queue is long or its jobs wait too long.',
      means:
        'More jobs than QUEUE_BACKLOG_WARN wait and grow, or the oldest waits longer than QUEUE_MAX_WAIT_MS.',
      firstCommand: askApi('/api/production/queue/heartbeat', '.queueDepths'),
      fix: 'Add workers, or raise WORKER_CONCURRENCY.',
    }),
    'queue.limited': warn({
      message: 'Jobs wait longer than allowed, held back by a limit of the queue.',
      means:
        'The rate or concurrency limit is reached and jobs wait longer than QUEUE_MAX_WAIT_MS. More workers change nothing.',
      firstCommand:
        'redis-cli -u "$REDIS_URL" hmget ${QUEUE_PREFIX:-bull}:execution:meta max duration concurrency',
      fix: 'Raise the limit of the queue, unless it is meant.',
    }),
    'queue.foreign_consumer': warn({
      message: 'Somebody else takes jobs of the queue.',
      means:
        'Jobs are completed without their executions: a worker of another application or of another deployment takes them.',
      firstCommand: askApi('/api/production/health', '.checks.jobs'),
      fix: 'Stop the worker that the message names, or give one of the deployments a QUEUE_PREFIX of its own.',
    }),
    'jobs.finishing': healthy('Jobs finish.'),
    'jobs.failing': fail({
      message: 'Every recent job has failed.',
      means: 'Jobs are picked up and fail one after the other: a defect, or something they all need is down.',
      firstCommand: 'redis-cli -u "$REDIS_URL" zrevrange ${QUEUE_PREFIX:-bull}:execution:failed 0 4',
      fix: 'Read failedReason of the failed jobs, and mend what they have in common.',
    }),
    'jobs.some_failing': warn({
      message: 'Many recent jobs have failed.',
      means: 'At least half of the recent jobs failed.',
      firstCommand: 'redis-cli -u "$REDIS_URL" zrevrange ${QUEUE_PREFIX:-bull}:execution:failed 0 4',
      fix: 'Read failedReason of the failed jobs, and mend what they have in common.',
    }),
    'jobs.parent_waiting': warn({
      message: 'A job waits for a child job that has failed.',
      means: 'The parent of a failed child waits for ever unless the child is retried or removed.',
      firstCommand: askApi('/api/production/health', '.checks.jobs'),
      fix: 'Retry the failed child, or remove the parent when the child is gone.',
    }),
    'jobs.poison': fail({
      message: 'A job kills every worker that takes it.',
      means: 'Several lives of workers ended without a goodbye, and all of them held the same job then.',
      firstCommand: askApi(
        '/api/production/queue/heartbeat',
        '{code: .status.code, message: .status.message}',
      ),
      fix: 'Cancel the execution that the message names, or take the job out of the queue.',
    }),
    'jobs.doubled': warn({
      message: 'A job runs more than once at a time.',
      means: 'Its worker lives and does not renew the lock in time, so BullMQ hands the job to another one.',
      firstCommand: askApi('/api/production/health', '.checks.jobs'),
      fix: 'Leave lockRenewTime at half of lockDuration, and make lockDuration longer.',
    }),
    'jobs.doubled_failed': fail({
      message: 'Jobs ran more than once and failed as stalled, though their workers ran on.',
      means:
        'Locks are not renewed in time; BullMQ fails a job whose lock ran out too often, whatever its processor says.',
      firstCommand: askApi('/api/production/health', '.checks.jobs'),
      fix: 'Leave lockRenewTime at half of lockDuration, make lockDuration longer, and retry the failed jobs.',
    }),
    'queue.scheduler_dead': warn({
      message: 'A job scheduler runs no more.',
      means:
        'Its next run is past and its job is gone; BullMQ makes the next one only out of the one before.',
      firstCommand: askApi('/api/production/health', '.checks.jobs'),
      fix: 'Upsert the scheduler again, as its application does at start.',
    }),
    'queue.not_draining': warn({
      message: 'Jobs come faster than they are finished.',
      means:
        'At the rate of the last quarter of an hour the backlog is never drained, and more than QUEUE_BACKLOG_WARN jobs wait within the hour.',
      firstCommand: askApi('/api/production/health', '.checks.jobs'),
      fix: 'Add workers, or raise WORKER_CONCURRENCY, before jobs wait too long.',
    }),
    'jobs.unknown': fail({
      message: 'The outcome of jobs cannot be seen.',
      means: 'The queue cannot be asked, so nothing can be said of how jobs end.',
      firstCommand: askApi('/readyz/queue?verbose'),
      fix: 'Mend what the queue check names.',
    }),
  },
);
