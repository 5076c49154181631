import type { ClockKind } from './time-source.js';

/** What a worker says of itself. `stopped` is its goodbye. */
export type WorkerState = 'running' | 'paused' | 'stopping' | 'stopped';

/**
 * What a worker fills into a heartbeat, which is stored in Redis as JSON. Times are ages in ms at the moment of the
 * heartbeat, so that no clock but the server's is ever compared.
 */
export interface HeartbeatBody {
  /** Version of this form; 1 said none. */
  readonly wire: number;
  /** Of @probity/worker; null in what was written before it said so, as for all that may be null below. */
  readonly version: string | null;
  readonly bullmq: string | null;
  /** By which clock it is timed. */
  readonly clock: ClockKind;
  readonly id: string;
  /** False when nobody chose the id, and it will be another after a restart. */
  readonly named: boolean;
  /** One life of the worker. */
  readonly incarnation: string;
  readonly sequence: number;
  readonly queue: string;
  readonly prefix: string;
  /** Host, port and number of its Redis database, as it sees them. */
  readonly database: string;
  readonly host: string | null;
  readonly pid: number | null;
  readonly state: WorkerState;
  /** Whether the channel that tells of its death is subscribed. */
  readonly watched: boolean;
  readonly upForMs: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly lockDurationMs: number;
  /** The rate limit of the worker's own options, null when it has none. */
  readonly limiterMax: number | null;
  /** False until `run()` of a worker with `autorun: false` is called. */
  readonly everRan: boolean;
  /** At most `MOST_LISTED` of them. */
  readonly active: readonly {
    readonly id: string;
    /** What the job is called; null for one that was running before the worker had heartbeats. */
    readonly name: string | null;
    readonly startedAgeMs: number;
    readonly progressAgeMs: number | null;
    /** 1 for the first run; higher after a retry or a stall. */
    readonly attempt: number;
    /** How long it may go without progress, if it says so itself. */
    readonly stuckAfterMs: number | null;
  }[];
  readonly activeCount: number;
  readonly pickedUp: number;
  readonly completed: number;
  readonly failed: number;
  readonly lastPickupAgeMs: number | null;
  readonly lastCompletedAgeMs: number | null;
  /** Of the last finishes within ten minutes, at most twenty. */
  readonly recentFinished: number;
  readonly recentFailed: number;
  readonly failuresInARow: number;
  readonly successesInARow: number;
  /** How long jobs have waited while it had a free slot and picked up nothing; null when that is not so. */
  readonly idleWhileWaitingMs: number | null;
  readonly eventLoopDelayMs: number;
  /** How the locks of its jobs begin. */
  readonly token: string;
  /** Its clock minus the server's. */
  readonly skewMs: number;
  /** Nonces of the last canaries that it ran. */
  readonly canaries: readonly string[];
}

/** As it stands in Redis, with the server's time, epoch ms, and the queue's sentinel. */
export interface StoredHeartbeat extends HeartbeatBody {
  readonly at: number;
  readonly sentinel: string | null;
}
