import type { Status } from '../status.js';

/** What restarting the target would do about a reason. */
export type RestartEffect = 'helps' | 'useless' | 'harmful';
/** What the restart advice speaks of: the process that answers, an execution worker, or a supervised child. */
export type RestartTarget = 'self' | 'worker' | 'child';

declare global {
  namespace Probity {
    /** Every code that there is: each room, and an application that has codes of its own, adds what it defines. */
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled where codes are defined
    interface Codes {}
  }
}
export type Code = keyof Probity.Codes & string;

/** One reason, as the registry knows it. */
export interface CodeDefinition {
  readonly status: Status;
  /** For people who may not see details: no names, hosts, numbers. */
  readonly message: string;
  /** For the runbook and for operators: what the reason means. */
  readonly means: string;
  readonly restart: RestartEffect;
  readonly target: RestartTarget;
  /** How long it may last before it is worth a person's while, ms; 0 when it does not pass by itself. */
  readonly passesWithinMs: number;
  /** What to do first, in one sentence; where it depends, the runbook says on what. */
  readonly fix?: string;
  /** The page that has its section: a file of this project, or an address. */
  readonly runbook: string;
}

/** What is true of all codes of a room that do not say otherwise. */
export type OfArea = Pick<CodeDefinition, 'runbook' | 'target'>;
/** A restart is useless unless it says otherwise. */
export type Reason = Pick<CodeDefinition, 'status' | 'message' | 'means'> & Advice;
type Advice = Partial<Pick<CodeDefinition, 'restart' | 'target' | 'passesWithinMs' | 'fix'>>;

/** Codes of `pass` carry no advice. */
export function healthy(message: string, means = message): Reason {
  return { status: 'pass', message, means, target: 'self' };
}

export function warn(message: string, means: string, advice: Advice = {}): Reason {
  return { status: 'warn', message, means, ...advice };
}

export function fail(message: string, means: string, advice: Advice = {}): Reason {
  return { status: 'fail', message, means, ...advice };
}
