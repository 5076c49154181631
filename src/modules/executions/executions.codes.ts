import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** Reasons of the checks `workflows` and `reconciler`. */
export const executionsCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'self' },
  {
    'workflows.healthy': healthy(
      'Workflows and executions are healthy',
      'No execution waits too long for a worker, and most of those that ended recently succeeded.',
    ),
    'workflows.waiting': warn(
      'Executions wait too long for a worker.',
      'The oldest queued execution is older than QUEUE_MAX_WAIT_MS: there are too few workers, or none works.',
    ),
    'workflows.failing': warn(
      'Many of the executions that ended recently have failed.',
      'At least half of the executions of the last ten minutes failed: a service that their steps call is broken, or the workflows are wrong.',
    ),
    'workflows.unreadable': fail(
      'Workflows and executions cannot be read.',
      'The database did not answer the question for workflows and executions; see the database check.',
    ),
    'reconciler.running': healthy(
      'Lost executions are looked for.',
      'The search for executions whose job the queue has lost goes on, in one process or another.',
    ),
    'reconciler.stalled': fail(
      'Nobody looks for lost executions.',
      'The search for executions whose job was lost does not get on, though database and queue can be asked: an accepted execution may wait for ever.',
    ),
    'reconciler.unreadable': fail(
      'It cannot be read how the search for lost executions gets on.',
      'The database did not answer the question for the progress of the reconciler; see the database check.',
    ),
  },
);

type ExecutionsCodes = typeof executionsCodes;
declare global {
  namespace Probity {
    interface Codes extends ExecutionsCodes {}
  }
}
