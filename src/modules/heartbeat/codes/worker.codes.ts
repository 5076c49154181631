import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../../health/codes/index.js';

/** Whether anybody consumes the queues. */
export const workerCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'worker.healthy': healthy('Execution worker heartbeat is healthy.'),
    'worker.at_limit': healthy(
      'Execution worker is healthy and works at its limit.',
      'Jobs wait because every slot is taken, or a concurrency or rate limit is reached. That is by design.',
    ),
    'worker.observed': healthy(
      "The queue is worked off by workers that send no heartbeats, as far as BullMQ's own traces tell.",
      'Connections, the stalled check and jobs that move tell of them, and nothing is overdue.',
    ),
    'worker.scaled_to_zero': healthy(
      'No worker runs, and none has to.',
      'WORKERS_MIN is 0 and nothing waits for longer than allowed: scaled to zero on purpose.',
    ),
    'worker.none_named': healthy(
      'No queue is named, so none decides; each that is found has a status of its own.',
      'QUEUE_NAMES is * alone. What is wrong with queues that were found is told by the check queues, and can warn.',
    ),
    'worker.not_started': fail({
      message: 'Execution worker has not been started. Queue processing is offline.',
      means: 'No worker of this queue has ever reported, and BullMQ left no traces of one. Start one.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.worker'),
      fix: 'Start a worker by npm run start:worker, or give the one that runs the settings of the api.',
    }),
    'worker.stopped': fail({
      message: 'Every execution worker has stopped. Queue processing is offline.',
      means: 'The last worker said goodbye and none came after it: it was stopped on purpose.',
      kind: 'planned',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | {id, state, latestHeartbeatAt}'),
      fix: 'Start a worker by npm run start:worker.',
    }),
    'worker.lost': fail({
      message: 'The execution worker is lost. Queue processing is offline.',
      means:
        'The connection of the worker is gone and it said no goodbye: killed, crashed, or out of memory.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details, .leases'),
      fix: 'Restart the worker, and look at its last log lines.',
    }),
    'worker.some_lost': warn({
      message: 'An execution worker is lost; others go on.',
      means: 'A worker vanished without a goodbye while another is healthy. Forgotten after ten minutes.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | select(.state=="lost")'),
      fix: 'Restart the lost worker, unless it was not meant to return.',
    }),
    'worker.silent': fail({
      message: 'The execution worker no longer sends heartbeats.',
      means: 'Its connection is open and no heartbeat comes: frozen, or cut off from Redis (then useless).',
      restart: 'helps',
      firstCommand:
        'curl -sS -m 2 -o /dev/null -w \'%{http_code}\\n\' -H "Authorization: Bearer $OPS_TOKEN" "$WORKER/livez"',
      fix: 'Restart the worker when its own /livez does not answer, else mend its network to Redis.',
    }),
    'worker.some_silent': warn({
      message: 'An execution worker no longer sends heartbeats; others go on.',
      means: 'One worker is frozen or cut off from Redis while another is healthy.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | select(.state=="silent")'),
      fix: 'Restart that worker when its own /livez does not answer, else mend its network to Redis.',
    }),
    'worker.wedged': fail({
      message: 'The execution worker is alive and takes no jobs.',
      means: 'Jobs wait, slots are free, nothing is picked up while Redis answers: its fetch loop is wedged.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status, .queueDepths'),
      fix: 'Restart the worker.',
    }),
    'worker.some_wedged': warn({
      message: 'An execution worker takes no jobs; others go on.',
      means: 'One worker has free slots and picks up nothing while jobs wait and another worker is healthy.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details.wedgedWorkers'),
      fix: 'Restart that worker.',
    }),
    'worker.paused': fail({
      message: 'Every execution worker is paused.',
      means: 'Somebody paused the worker itself. It takes no jobs until it is resumed.',
      kind: 'planned',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | {id, state}'),
      fix: 'Find out who paused the workers, and resume them when they may go on.',
    }),
    'worker.not_running': fail({
      message: 'The execution worker is alive and was never told to run.',
      means: 'It was made with autorun: false and nobody has called run(), so it takes no jobs.',
      firstCommand: askApi('/api/production/queue/heartbeat', '.workers[] | {id, state, host, pid}'),
      fix: 'Call run() of the worker, or leave autorun out of its options.',
    }),
    'worker.job_stuck': fail({
      message: 'A job has run too long without progress.',
      means: 'A job neither ended nor made progress within JOB_STUCK_AFTER_MS; it holds its slot for ever.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details.stuckJobs'),
      fix: 'Restart the worker that holds the job, once.',
    }),
    'worker.job_stuck_again': fail({
      message: 'A job is stuck again after it was retried.',
      means:
        'The same job hung in an earlier attempt, so it would hang again: its code or its input is at fault.',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details.stuckJobs'),
      fix: 'Cancel the execution, and mend the step that hangs.',
    }),
    'worker.canary_lost': fail({
      message: 'A test job sent through the queue did not come back.',
      means:
        'Slots were free and the canary was not echoed within the allowed wait: the way is broken somewhere.',
      restart: 'helps',
      firstCommand: askApi('/api/production/queue/heartbeat', '.status.details, .workers'),
      fix: 'Restart the worker, and look for a second consumer when the next canary is lost too.',
    }),
    'worker.different_queue': fail({
      message: 'Processes of this platform use different queues.',
      means: 'API and worker are connected to different Redis servers, databases or prefixes.',
      firstCommand:
        'psql "$DATABASE_URL" -c \'select service, host, address, database_number, prefix, seen_at from queue_identities\'',
      fix: 'Give all processes the same Redis, database and QUEUE_PREFIX, and restart those that were wrong.',
    }),
    'worker.queue_failing': fail({
      message: 'No worker can work, for the queue fails.',
      means: 'The queue check fails, so nothing can be taken or finished, whatever the workers are like.',
      firstCommand: askApi('/readyz/queue?verbose'),
      fix: 'Mend what the queue check names.',
    }),
    'worker.unknown': fail({
      message: 'The workers cannot be seen, for the queue cannot be asked.',
      means: 'Redis or the queue driver fails, so nothing can be said of who consumes the queue.',
      firstCommand: askApi('/readyz/queue?verbose'),
      fix: 'Mend what the queue check names.',
    }),
  },
);
