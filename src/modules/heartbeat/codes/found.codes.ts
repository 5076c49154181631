import { askApi, defineCodes, healthy, MONITORING, warn } from '../../health/codes/index.js';

const ASK_ROWS = askApi(
  '/api/production/queue/heartbeat',
  '.queues[] | select(.named | not) | {name, status}',
);

/** Queues that nobody has named: they were found, and are only looked at. */
export const foundCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'queues.well': healthy(
      'Nothing is wrong with the queues that were found.',
      'Nobody has named them; they are only looked at, and nothing is written to them.',
    ),
    'queues.in_trouble': warn({
      message: 'Queues that were found are in trouble.',
      means:
        'Queues that QUEUE_NAMES does not name, and * has found, have a reason of their own each. They can warn and no more.',
      firstCommand: ASK_ROWS,
      fix: 'Mend each by its own code, and name the queues that matter in QUEUE_NAMES, so that they decide.',
    }),
    'queues.not_all': warn({
      message: 'More queues were found than are looked at.',
      means: 'Of the queues of this prefix, 500 are looked at, and there are more.',
      firstCommand: askApi('/api/production/health', '.checks.queues'),
      fix: 'Name the queues that matter in QUEUE_NAMES; obliterate those that are used no more.',
    }),
    'queues.none_found': warn({
      message: 'No queue was found.',
      means: 'QUEUE_NAMES is * alone, all keys were gone through, and none is of a queue of this prefix.',
      firstCommand: askApi('/api/production/health', '.checks.queues'),
      fix: 'Set QUEUE_PREFIX to the prefix of the queues, or REDIS_URL to their Redis and database.',
    }),
    'queues.unknown': warn({
      message: 'The queues that were found cannot be seen.',
      means: 'Redis cannot be asked, so nothing can be said of them.',
      firstCommand: askApi('/readyz/queue?verbose'),
      fix: 'Mend what the queue check names.',
    }),
  },
);
