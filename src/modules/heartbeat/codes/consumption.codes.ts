import { askWorker, defineCodes, fail, healthy, MONITORING } from '../../health/codes/index.js';

/** Whether the worker of this process takes jobs. */
export const consumptionCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'consumption.running': healthy('This worker takes jobs.'),
    'consumption.paused': fail({
      message: 'This worker is paused.',
      means: 'Somebody paused this worker. It takes no jobs until it is resumed.',
      kind: 'planned',
      firstCommand: askWorker('/readyz/consumption?verbose'),
      fix: 'Find out who paused this worker, and resume it when it may go on.',
    }),
    'consumption.not_running': fail({
      message: 'This worker is not consuming.',
      means: 'The consumer of this process is starting, stopping, or was never started.',
      kind: 'planned',
      firstCommand: askWorker('/readyz?verbose', '.checks'),
      fix: 'Wait for the start, then look at the environment and queue checks.',
    }),
    'consumption.disconnected': fail({
      message: 'This worker cannot reach the queue.',
      means: 'Its heartbeats do not reach Redis. It reconnects by itself when Redis is back.',
      firstCommand: 'redis-cli -u "$REDIS_URL" PING',
      fix: 'Mend Redis, or the way to it.',
    }),
    'consumption.wedged': fail({
      message: 'This worker is wedged: jobs wait and it takes none.',
      means: 'Redis answers, jobs wait, slots are free, and nothing has been picked up for too long.',
      restart: 'helps',
      firstCommand: askWorker('/livez'),
      fix: 'Restart this process.',
    }),
  },
);
