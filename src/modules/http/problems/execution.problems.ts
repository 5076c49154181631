import type { ProblemDefinition } from './problem-definition.js';

/** Refusals of workflows and executions. */
export const EXECUTION_PROBLEMS = {
  'workflow.invalid': {
    status: 400,
    title: 'The request is not valid',
    detail: 'The workflow is not valid.',
  },
  'workflow.unchecked': {
    status: 503,
    title: 'The workflow could not be checked',
    detail: 'The expressions of the workflow could not be checked now, and nothing was created; try again.',
    retryAfterS: 2,
  },
  'workflow.not_found': {
    status: 404,
    title: 'No such workflow',
    detail: 'There is no workflow of that id.',
  },
  'execution.not_found': {
    status: 404,
    title: 'No such execution',
    detail: 'There is no execution of that id.',
  },
  'execution.ended': {
    status: 409,
    title: 'The execution has ended',
    detail: 'The execution has ended; there is nothing to cancel.',
  },
  'idempotency.key_reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    detail: 'This Idempotency-Key was used with another workflow or input; use a new key for a new request.',
  },
  'idempotency.in_progress': {
    status: 409,
    title: 'A request with this idempotency key is under way',
    detail: 'Another request with this Idempotency-Key has not been answered yet; try again in a second.',
    retryAfterS: 1,
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>;
