import type { ProblemDefinition } from './problem-definition.js';

const UNREADABLE = 'The request cannot be read';

/** What HTTP itself has a word for, where nothing of Probity says more. */
export const HTTP_PROBLEMS = {
  'http.400': { status: 400, title: UNREADABLE, detail: 'The request is not well-formed.' },
  'http.404': { status: 404, title: 'Not Found', detail: 'There is nothing at this address.' },
  'http.405': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This server does not take the method.',
    headers: { allow: 'GET, HEAD, POST' },
  },
  'http.408': { status: 408, title: UNREADABLE, detail: 'The request did not arrive in time.' },
  'http.413': { status: 413, title: UNREADABLE, detail: 'The body is larger than this address takes.' },
  'http.414': { status: 414, title: UNREADABLE, detail: 'The address is longer than this server takes.' },
  'http.415': { status: 415, title: UNREADABLE, detail: 'Send application/json.' },
  'http.417': { status: 417, title: UNREADABLE, detail: 'The server meets no expectation but 100-continue.' },
  'http.431': { status: 431, title: UNREADABLE, detail: 'The headers are larger than this server takes.' },
  'http.500': {
    status: 500,
    title: 'Internal error',
    detail: 'The request failed for a reason that was not foreseen; it is in the log.',
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>;
