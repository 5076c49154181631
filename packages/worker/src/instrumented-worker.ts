import type { Job } from 'bullmq';
import type { BeatTarget } from './beat-connection.js';
import type { WorkerState } from './heartbeat.js';
import type { ReachedLimit } from './limits.policy.js';

/** Everything has a default: `instrumentWorker(worker)` is enough for a worker that uses ioredis. */
export interface InstrumentOptions {
  /**
   * Redis of the heartbeats; the worker's own by default. A client of ioredis (single or Cluster), which is
   * duplicated; or a URL or options, with which a client is made as the worker's own is one.
   */
  readonly connection?: BeatTarget;
  /** Names this worker for people, the same after a restart. By default host and pid. */
  readonly workerId?: string;
  /** Between heartbeats, ms; 2000 by default. */
  readonly intervalMs?: number;
  /** Age of a heartbeat at which the worker counts as silent, ms; 30000 by default. */
  readonly timeoutMs?: number;
  /**
   * How long this job may run without progress before it counts as stuck, ms; `Infinity` for one that never does.
   * Asked when the job is picked up. Nothing: as long as any job (JOB_STUCK_AFTER_MS of the api).
   */
  readonly stuckAfterMs?: (job: Job) => number | null | undefined;
  /** Told when heartbeats do not reach Redis, once per outage. The text may name hosts. */
  readonly onError?: (reason: string) => void;
}

/** What the process of a worker knows of it, from memory. Times are ms. */
export interface WorkerInsight {
  readonly workerId: string;
  readonly queue: string;
  readonly state: WorkerState;
  /** Whether `run()` of the worker is under way. */
  readonly running: boolean;
  /** Whether it ever was: a worker with `autorun: false` takes nothing before. */
  readonly everRan: boolean;
  /** Whether the last heartbeat reached Redis. */
  readonly connected: boolean;
  /** Since Redis came back after it could not be reached; null when it always could, or cannot now. */
  readonly redisBackForMs: number | null;
  /** How long jobs have waited that it could have taken and did not; null when that is not so. */
  readonly idleWhileWaitingMs: number | null;
  /** The limit that held jobs back at the last heartbeat; null when none was reached. */
  readonly limit: ReachedLimit | null;
  readonly active: number;
}

export interface InstrumentedWorker {
  readonly workerId: string;
  insight(): WorkerInsight;
  /** A running job has come this far, and may go without progress for so long from now on, ms. */
  expects(jobId: string, ms: number): void;
  /** Says goodbye and closes the heartbeat connection. `worker.close()` does so by itself. */
  stop(): Promise<void>;
}
