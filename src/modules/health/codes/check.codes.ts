import { fail, healthy, warn } from './code.js';
import { defineCodes } from './registry.js';

/** Reasons that the board itself gives, for any check, and those of the life of a process. */
export const checkCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'self' },
  {
    'check.up': healthy('The check passed.'),
    'check.degraded': warn(
      'The check passed with a warning.',
      'A third-party indicator reported degraded and gave no code of its own.',
    ),
    'check.down': fail(
      'The check failed.',
      'A third-party indicator reported down and gave no code of its own.',
    ),
    'check.pending': fail(
      'The check has not answered yet.',
      'The process has just started, or a fresh run did not finish in time. No answer counts as a failure.',
      { passesWithinMs: 10_000 },
    ),
    'check.stale': fail(
      'The last answer of the check is too old to trust.',
      'The check stopped answering: older than two cadences and a deadline. The event loop may be starved.',
      { passesWithinMs: 10_000 },
    ),
    'check.timeout': fail(
      'The check did not answer within its deadline.',
      'The check overran its deadline and was cut off, so its dependency hangs or is very slow.',
      { passesWithinMs: 10_000 },
    ),
    'check.threw': fail(
      'The check ended in an unexpected error.',
      'The check threw instead of answering. This is a defect of the check or something it never expected.',
    ),
    'check.unknown_status': fail(
      'The check gave an answer that could not be understood.',
      'The indicator answered with a status or a code that is not known. Unknown is never healthy.',
    ),
    'process.running': healthy('The process is running.'),
    'process.starting': fail(
      'The process is starting.',
      'The modules of the process have not all started yet.',
      { passesWithinMs: 10_000 },
    ),
    'process.draining': fail(
      'The process is shutting down.',
      'It was asked to stop: it finishes what it has and takes nothing new.',
      { restart: 'harmful' },
    ),
    'process.loop_dead': fail(
      'The main event loop of the process no longer runs.',
      'Nothing has run on the main thread for longer than the longest job may take; it will not come back.',
      { restart: 'helps' },
    ),
  },
);

type CheckCodes = typeof checkCodes;
declare global {
  namespace Probity {
    interface Codes extends CheckCodes {}
  }
}
