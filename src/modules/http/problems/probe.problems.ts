import type { ProblemDefinition } from './problem-definition.js';

/** What probes say to a question that they cannot answer. */
export const PROBE_PROBLEMS = {
  'probe.unknown_check': {
    status: 404,
    title: 'Unknown check',
    detail: 'There is no check of that name.',
  },
  'probe.no_bare_health': {
    status: 404,
    title: 'There is no /health',
    detail: 'Ask /livez whether a restart would help, or /readyz whether work should come here now.',
  },
  'probe.not_the_api': {
    status: 404,
    title: 'This process does not answer for the platform',
    detail: 'Only the api watches the queues: ask it, on PORT (5000 unless set).',
  },
  'probe.not_found': {
    status: 404,
    title: 'Not found',
    detail: 'This process serves /livez, /readyz, /readyz/:check, /healthz and /metrics.',
  },
  'probe.method': {
    status: 405,
    title: 'Method not allowed',
    detail: 'Use GET or HEAD.',
    headers: { allow: 'GET, HEAD' },
  },
  'process.loop_blocked': {
    status: 503,
    title: 'Unavailable',
    detail: 'The main thread is busy and gave no metrics.',
    retryAfterS: 1,
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>;
