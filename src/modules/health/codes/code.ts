import type { Status } from '../status.js';

/** What restarting the target would do about a reason. */
export type RestartEffect = 'helps' | 'useless' | 'harmful';
/** What the restart advice speaks of: the process that answers, an execution worker, or a supervised child. */
export type RestartTarget = 'self' | 'worker' | 'child';

/** One reason, as the registry knows it. */
export interface CodeDefinition {
  readonly status: Status;
  /** For people who may not see details: no names, hosts, numbers. */
  readonly message: string;
  /** For the runbook and for operators: what the reason means. */
  readonly means: string;
  readonly restart: RestartEffect;
  readonly target: RestartTarget;
}

/** Codes of `pass` carry no advice; this fills the fields in. */
export function healthy(message: string, means = message): CodeDefinition {
  return { status: 'pass', message, means, restart: 'useless', target: 'self' };
}
