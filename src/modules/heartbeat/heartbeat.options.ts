import type { Limits } from './assess/evidence.js';

/** Inject with `@Inject(HEARTBEAT_OPTIONS) options: HeartbeatOptions`. */
export const HEARTBEAT_OPTIONS = Symbol('HEARTBEAT_OPTIONS');

export interface HeartbeatOptions extends Limits {
  /** Watches the workers of all queues: the checks `worker` and `jobs`, and the canary. Needs `DatabaseModule`. */
  readonly watch: boolean;
  /** Watches further queues of the prefix, as they are found: they are only looked at, and nothing is written to them. */
  readonly discovers: boolean;
  /** Works itself: `WorkerHeartbeats`, the check `consumption` and its veto of liveness. */
  readonly publish: boolean;
  /** Of the workers of this process; host and pid when it is undefined. */
  readonly workerId: string | undefined;
  /** The api works too: it stays ready when its worker is not. */
  readonly inlineWorker: boolean;
  /** Between two heartbeats. */
  readonly intervalMs: number;
  readonly canaryIntervalMs: number;
}
