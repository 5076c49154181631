import type { Given, Stack } from './stack.js';

export type Status = 'pass' | 'warn' | 'fail';

/** What every endpoint is to say while the fault lasts. `null`: the catalogue says nothing of it. */
export interface Verdict {
  /** Of `/readyz` and of `/api/production/ready` of the api, alike. */
  readonly ready: boolean;
  /** Of `/api/production/queue/heartbeat`. */
  readonly heartbeat: Status | null;
  /** Of `/api/production/health`. */
  readonly health: Status;
  /** The check that names the fault, and the code by which it does. */
  readonly check: string;
  readonly code: string;
  readonly restart: 'helps' | 'useless' | 'harmful';
  readonly target: 'self' | 'worker' | 'child';
  /** What the message has to tell the person on call, beside the code. */
  readonly says?: RegExp;
  /** The code of the heartbeat, when another check than `worker` names the fault. */
  readonly heartbeatCode?: string;
  /** The check that the heartbeat names as its cause. */
  readonly because?: string;
}

/** A fault that becomes worse by a further step: a password that was changed, then the connection drops. */
export interface Stage {
  readonly title: string;
  readonly expected: Verdict;
  /** From the moment at which it can be seen, ms. */
  readonly detectWithinMs: number;
  inject(stack: Stack): Promise<void>;
}

/** Processes whose `/livez` is asked. */
export type Asked = 'api' | 'worker';

/**
 * One fault, from what is well to what is broken and back. `inject` resolves at the moment from which the fault
 * can be seen; `heal` resolves at the moment from which all is well again but for those who have not noticed.
 */
export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly given?: Given;
  readonly expected: Verdict;
  readonly detectWithinMs: number;
  readonly recoverWithinMs: number;
  /** What else than a look of the board is the only witness, for the table. */
  readonly witness?: string;
  /** Whose `/livez` must be vetoed while it lasts; every other one stays 200. */
  readonly vetoes?: Asked;
  /** Processes that cannot answer at all while it lasts. */
  readonly mute?: readonly Asked[];
  readonly then?: readonly Stage[];
  /** Why it cannot be injected on this machine; undefined when it can. */
  canInject?(): string | undefined;
  /** Before all is found well: what the fault needs. */
  prepare?(stack: Stack): Promise<void>;
  inject(stack: Stack): Promise<void>;
  /** While it lasts, after it was detected: what else has to hold. */
  during?(stack: Stack): Promise<void>;
  heal(stack: Stack): Promise<void>;
  /** After all is well again: what else has to have survived. */
  after?(stack: Stack): Promise<void>;
}
