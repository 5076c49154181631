import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../health/codes/index.js';

/** Reasons of the checks `workflows` and `reconciler`. */
export const executionsCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'workflows.healthy': healthy(
      'Workflows and executions are healthy',
      'No execution waits too long for a worker, and most of those that ended recently succeeded.',
    ),
    'workflows.waiting': warn({
      message: 'Executions wait too long for a worker.',
      means:
        'The oldest queued execution is older than QUEUE_MAX_WAIT_MS: there are too few workers, or none works.',
      firstCommand: askApi('/api/production/queue/heartbeat', '{code: .status.code, depths: .queueDepths}'),
      fix: 'Do what the code of the heartbeat says, or add workers when it is healthy.',
    }),
    'workflows.failing': warn({
      message: 'Many of the executions that ended recently have failed.',
      means:
        'At least half of the executions of the last ten minutes failed: a service that their steps call is broken, or the workflows are wrong.',
      firstCommand:
        'curl -sS -H "Authorization: Bearer $API_TOKEN" "$PROBITY/api/executions?status=failed&limit=5" | jq \'.items[] | {id, error}\'',
      fix: 'Mend what the errors of the failed executions have in common.',
    }),
    'workflows.unreadable': fail({
      message: 'Workflows and executions cannot be read.',
      means: 'The database did not answer the question for workflows and executions; see the database check.',
      firstCommand: askApi('/readyz/database', '{code, message}'),
      fix: 'Mend the database, as the code of its check says.',
    }),
    'reconciler.running': healthy(
      'Lost executions are looked for.',
      'The search for executions whose job the queue has lost goes on, in one process or another.',
    ),
    'reconciler.stalled': fail({
      message: 'Nobody looks for lost executions.',
      means:
        'The search for executions whose job was lost does not get on, though database and queue can be asked: an accepted execution may wait for ever.',
      firstCommand: askApi('/api/production/health', '.checks.reconciler'),
      fix: 'Put the row of execution_sweep back when it is gone, else mend what the logs say under Reconciler.',
    }),
    'reconciler.unreadable': fail({
      message: 'It cannot be read how the search for lost executions gets on.',
      means:
        'The database did not answer the question for the progress of the reconciler; see the database check.',
      firstCommand: askApi('/readyz/database', '{code, message}'),
      fix: 'Mend the database, as the code of its check says.',
    }),
  },
);

type ExecutionsCodes = typeof executionsCodes;
declare global {
  namespace Probity {
    interface Codes extends ExecutionsCodes {}
  }
}
