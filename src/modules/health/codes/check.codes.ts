import { healthy, type CodeDefinition } from './code.js';

/** Reasons that the board itself gives, for any check. */
export const checkCodes = {
  'check.up': healthy('The check passed.'),
  'check.degraded': {
    status: 'warn',
    message: 'The check passed with a warning.',
    means: 'A third-party indicator reported degraded and gave no code of its own.',
    restart: 'useless',
    target: 'self',
  },
  'check.down': {
    status: 'fail',
    message: 'The check failed.',
    means: 'A third-party indicator reported down and gave no code of its own.',
    restart: 'useless',
    target: 'self',
  },
  'check.pending': {
    status: 'fail',
    message: 'The check has not answered yet.',
    means:
      'The process has just started, or a fresh run did not finish in time. No answer counts as a failure.',
    restart: 'useless',
    target: 'self',
  },
  'check.stale': {
    status: 'fail',
    message: 'The last answer of the check is too old to trust.',
    means:
      'The check stopped answering: older than two cadences and a deadline. The event loop may be starved.',
    restart: 'useless',
    target: 'self',
  },
  'check.timeout': {
    status: 'fail',
    message: 'The check did not answer within its deadline.',
    means: 'The check overran its deadline and was cut off, so its dependency hangs or is very slow.',
    restart: 'useless',
    target: 'self',
  },
  'check.threw': {
    status: 'fail',
    message: 'The check ended in an unexpected error.',
    means:
      'The check threw instead of answering. This is a defect of the check or something it never expected.',
    restart: 'useless',
    target: 'self',
  },
  'check.unknown_status': {
    status: 'fail',
    message: 'The check gave an answer that could not be understood.',
    means: 'The indicator answered with a status or a code that is not known. Unknown is never healthy.',
    restart: 'useless',
    target: 'self',
  },
  'process.running': healthy('The process is running.'),
  'process.starting': {
    status: 'fail',
    message: 'The process is starting.',
    means: 'The modules of the process have not all started yet.',
    restart: 'useless',
    target: 'self',
  },
  'process.draining': {
    status: 'fail',
    message: 'The process is shutting down.',
    means: 'It was asked to stop: it finishes what it has and takes nothing new.',
    restart: 'harmful',
    target: 'self',
  },
  'process.loop_dead': {
    status: 'fail',
    message: 'The main event loop of the process no longer runs.',
    means:
      'Nothing has run on the main thread for longer than the longest job may take; it will not come back.',
    restart: 'helps',
    target: 'self',
  },
} as const satisfies Record<string, CodeDefinition>;
