import type { Status } from '../status.js';

/** What restarting the target would do about a reason. */
export type RestartEffect = 'helps' | 'useless' | 'harmful';
/** What the restart advice speaks of: the process that answers, an execution worker, or a supervised child. */
export type RestartTarget = 'self' | 'worker' | 'child';
/**
 * `incident`: something broke. `setup`: it cannot work before somebody sets it right, and nobody is woken for that.
 * `planned`: people or a deployment wanted it so. A mistake that no gate holds back, for work is accepted all the
 * same, is an incident.
 */
export type Kind = 'incident' | 'setup' | 'planned';

declare global {
  namespace Probity {
    /** Every code that there is: each room, and an application that has codes of its own, adds what it defines. */
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled where codes are defined
    interface Codes {}
  }
}
export type Code = keyof Probity.Codes & string;

/** What is true of all codes of a room that do not say otherwise. */
export interface OfArea {
  /** The page that has the section of each code: a file of this project, or an address. */
  readonly runbook: string;
  readonly target: RestartTarget;
}
interface Words {
  /** For people who may not see details: no names, hosts, numbers. */
  readonly message: string;
  /** For the runbook and for operators: what the reason means. */
  readonly means: string;
}
interface Expectation {
  readonly restart: RestartEffect;
  /** How long it may last before it is worth a person's while, ms; 0 when it does not pass by itself. */
  readonly passesWithinMs: number;
}
interface Advice {
  /** What whoever is on call types first, in the shell that the runbook sets up; the same as in its section there. */
  readonly firstCommand: string;
  /** What to do first, in one sentence; where it depends, the runbook says on what. No hosts, no secrets. */
  readonly fix: string;
}

/** One reason, as the registry knows it. What is well carries no advice. */
export type CodeDefinition = Well | Trouble;
export interface Well extends OfArea, Words, Expectation {
  readonly status: Extract<Status, 'pass'>;
}
export interface Trouble extends OfArea, Words, Expectation, Advice {
  readonly status: Exclude<Status, 'pass'>;
  readonly kind: Kind;
}

/** An incident that does not pass by itself, and that no restart mends, unless it says otherwise. */
export type Reason =
  (Pick<Well, 'status'> & Words & Pick<OfArea, 'target'>) | (Pick<Trouble, 'status'> & Told);
type Told = Words & Advice & Partial<Expectation & Pick<Trouble, 'kind' | 'target'>>;

/**
 * Of all that is well; `means` is for operators.
 *
 * @example
 * ```ts
 * import { healthy } from '@probity/nest';
 *
 * healthy('The shop is open.').status; // → 'pass'
 * ```
 */
export function healthy(message: string, means = message): Reason {
  return { status: 'pass', message, means, target: 'self' };
}

/**
 * Of what works and will not for long: `degraded`, and no reason to send work elsewhere.
 *
 * @example
 * ```ts
 * import { warn } from '@probity/nest';
 *
 * const reason = warn({
 *   message: 'The shop is almost sold out.',
 *   means: 'Fewer than ten things are left.',
 *   firstCommand: 'curl -sS https://shop.example/stock',
 *   fix: 'Order more.',
 * });
 * reason.status; // → 'warn'
 * ```
 */
export function warn(told: Told): Reason {
  return { status: 'warn', ...told };
}

/**
 * Of what keeps from working. `restart` says what restarting would do: `useless` unless it says otherwise.
 *
 * @example
 * ```ts
 * import { fail } from '@probity/nest';
 *
 * const reason = fail({
 *   message: 'The shop is closed.',
 *   means: 'It takes no orders.',
 *   firstCommand: 'curl -sS https://shop.example/state',
 *   fix: 'Open it.',
 * });
 * reason.status; // → 'fail'
 * ```
 */
export function fail(told: Told): Reason {
  return { status: 'fail', ...told };
}
