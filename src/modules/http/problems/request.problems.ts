import type { ProblemDefinition } from './problem-definition.js';

const BEARER = { 'www-authenticate': 'Bearer realm="probity"' };

/** Requests that do not get as far as their work. */
export const REQUEST_PROBLEMS = {
  'auth.closed': {
    status: 403,
    title: 'Closed',
    detail: 'Workflows and executions are closed until API_TOKEN is set.',
  },
  'auth.token': {
    status: 401,
    title: 'The token is missing or wrong',
    detail: 'Send Authorization: Bearer <API_TOKEN>.',
    headers: BEARER,
  },
  'auth.ops_token': {
    status: 401,
    title: 'Unauthorized',
    detail: 'Metrics need the operator token: send Authorization: Bearer <OPS_TOKEN>.',
    headers: BEARER,
  },
  'request.invalid': {
    status: 400,
    title: 'The request is not valid',
    detail: 'The request is not valid.',
  },
  'request.too_slow': {
    status: 408,
    title: 'The body comes too slowly',
    detail: 'The body of the request comes too slowly; send it in one piece.',
  },
  'request.too_many': {
    status: 503,
    title: 'Too many requests at once',
    detail: 'More requests of this kind are under way than the process takes; try again in a second.',
    retryAfterS: 1,
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>;
