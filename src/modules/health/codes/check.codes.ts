import { fail, healthy, warn } from './code.js';
import { defineCodes } from './registry.js';
import { askApi, askWorker, MONITORING } from './runbooks.js';

/** Reasons that the board itself gives, for any check, and those of the life of a process. */
export const checkCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'check.up': healthy('The check passed.'),
    'check.degraded': warn({
      message: 'The check passed with a warning.',
      means: 'A third-party indicator reported degraded and gave no code of its own.',
      firstCommand: askApi('/healthz?verbose', '.checks[] | select(.code == "check.degraded")'),
      fix: 'Do what the message of the indicator says.',
    }),
    'check.down': fail({
      message: 'The check failed.',
      means: 'A third-party indicator reported down and gave no code of its own.',
      firstCommand: askApi('/healthz?verbose', '.checks[] | select(.code == "check.down")'),
      fix: 'Do what the message of the indicator says.',
    }),
    'check.pending': fail({
      message: 'The check has not answered yet.',
      means:
        'The process has just started, or a fresh run did not finish in time. No answer counts as a failure.',
      kind: 'planned',
      passesWithinMs: 10_000,
      firstCommand: askApi('/readyz', '.checks[] | select(.code == "check.pending")'),
      fix: 'Wait for the deadline of the check.',
    }),
    'check.stale': fail({
      message: 'The last answer of the check is too old to trust.',
      means:
        'The check stopped answering: older than two cadences and a deadline. The event loop may be starved.',
      passesWithinMs: 10_000,
      firstCommand: askApi('/api/production/health', '.checks["event-loop"], .metrics.cpuUsage'),
      fix: 'Find what keeps the event loop busy, in the process or on its machine.',
    }),
    'check.timeout': fail({
      message: 'The check did not answer within its deadline.',
      means: 'The check overran its deadline and was cut off, so its dependency hangs or is very slow.',
      passesWithinMs: 10_000,
      firstCommand: askApi('/readyz?verbose', '.checks[] | select(.code == "check.timeout")'),
      fix: 'Look at the dependency that the check is named after.',
    }),
    'check.threw': fail({
      message: 'The check ended in an unexpected error.',
      means:
        'The check threw instead of answering. This is a defect of the check or something it never expected.',
      firstCommand: askApi('/healthz?verbose', '.checks[] | select(.code == "check.threw")'),
      fix: 'Look at the dependency that the check is named after, then file the message as a defect.',
    }),
    'check.unknown_status': fail({
      message: 'The check gave an answer that could not be understood.',
      means: 'The indicator answered with a status or a code that is not known. Unknown is never healthy.',
      firstCommand: askApi('/healthz?verbose', '.checks[] | select(.code == "check.unknown_status")'),
      fix: 'Correct the indicator.',
    }),
    'process.running': healthy('The process is running.'),
    'process.starting': fail({
      message: 'The process is starting.',
      means: 'The modules of the process have not all started yet.',
      kind: 'planned',
      passesWithinMs: 10_000,
      firstCommand: askApi('/readyz/process', '{code, since}'),
      fix: 'Wait, and look into the log of the process when it lasts.',
    }),
    'process.draining': fail({
      message: 'The process is shutting down.',
      means: 'It was asked to stop: it finishes what it has and takes nothing new.',
      kind: 'planned',
      restart: 'harmful',
      firstCommand: askApi('/readyz/process', '{code, since}'),
      fix: 'Wait until it ends by itself.',
    }),
    'process.loop_dead': fail({
      message: 'The main event loop of the process no longer runs.',
      means:
        'Nothing has run on the main thread for longer than the longest job may take; it will not come back.',
      restart: 'helps',
      firstCommand: askWorker('/livez', '{reason, since}'),
      fix: 'Restart the worker, then find the job that never yields.',
    }),
  },
);

type CheckCodes = typeof checkCodes;
declare global {
  namespace Probity {
    interface Codes extends CheckCodes {}
  }
}
