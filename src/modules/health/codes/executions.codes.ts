import { healthy, type CodeDefinition } from './code.js';

/** Reasons of the checks `workflows` and `reconciler`. */
export const executionsCodes = {
  'workflows.healthy': healthy(
    'Workflows and executions are healthy',
    'No execution waits too long for a worker, and most of those that ended recently succeeded.',
  ),
  'workflows.waiting': {
    status: 'warn',
    message: 'Executions wait too long for a worker.',
    means:
      'The oldest queued execution is older than QUEUE_MAX_WAIT_MS: there are too few workers, or none works.',
    restart: 'useless',
    target: 'self',
  },
  'workflows.failing': {
    status: 'warn',
    message: 'Many of the executions that ended recently have failed.',
    means:
      'At least half of the executions of the last ten minutes failed: a service that their steps call is broken, or the workflows are wrong.',
    restart: 'useless',
    target: 'self',
  },
  'workflows.unreadable': {
    status: 'fail',
    message: 'Workflows and executions cannot be read.',
    means: 'The database did not answer the question for workflows and executions; see the database check.',
    restart: 'useless',
    target: 'self',
  },
  'reconciler.running': healthy(
    'Lost executions are looked for.',
    'The search for executions whose job the queue has lost goes on, in one process or another.',
  ),
  'reconciler.stalled': {
    status: 'fail',
    message: 'Nobody looks for lost executions.',
    means:
      'The search for executions whose job was lost does not get on, though database and queue can be asked: an accepted execution may wait for ever.',
    restart: 'useless',
    target: 'self',
  },
  'reconciler.unreadable': {
    status: 'fail',
    message: 'It cannot be read how the search for lost executions gets on.',
    means:
      'The database did not answer the question for the progress of the reconciler; see the database check.',
    restart: 'useless',
    target: 'self',
  },
} as const satisfies Record<string, CodeDefinition>;
