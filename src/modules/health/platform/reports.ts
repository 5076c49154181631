import { checkOf, type Snapshot } from '../board/snapshot.js';
import type { Code } from '../codes/index.js';
import type { Status } from '../status.js';

/**
 * What some checks report beside their answer, for the views of `/api/production/*`. `health` names the shapes
 * that the wire contract promises and imports nothing of those who fill them. Times are ISO 8601 UTC; ages are
 * ms at the moment of the answer, and the views let them grow.
 */
export interface QueueReport {
  /** Null when it could not be told, because the queue could not be asked. */
  readonly durable: boolean | null;
  readonly latencyMs: number | null;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly prioritized: number;
  readonly failed: number;
  readonly completed: number;
  readonly paused: boolean;
  readonly oldestWaitingAgeMs: number | null;
  /** Present when not every waiting job could be looked at: there may be older ones. */
  readonly oldestWaitingIsSample?: true;
}

export interface WorkerRow {
  readonly id: string;
  readonly state: 'running' | 'paused' | 'stopping' | 'stopped' | 'silent' | 'lost' | 'not_running';
  readonly host: string | null;
  readonly pid: number | null;
  readonly latestHeartbeatAt: string | null;
  readonly latestHeartbeatAgeMs: number | null;
  readonly active: number;
  readonly concurrency: number;
  readonly lastPickupAt: string | null;
  readonly lastCompletedAt: string | null;
  readonly eventLoopDelayMs: number | null;
  /** Its heartbeat is overdue by more than an interval. */
  readonly late?: boolean;
  /** Its clock minus that of Redis. */
  readonly clockSkewMs?: number | null;
  /** Of @probity/worker; null when it is older than the version that says so. */
  readonly version?: string | null;
  /** By which clock its heartbeats are timed: that of Redis, the same told by a script, or, at worst, its own. */
  readonly clock?: 'server' | 'script' | 'own';
}

export interface LeaseRow {
  readonly jobId: string;
  readonly queue: string;
  readonly workerId: string;
  readonly lockedAt: string | null;
  readonly lastHeartbeatAt: string | null;
  readonly ageMs: number | null;
  readonly stale: boolean;
}

/** One queue that is watched. */
export interface QueueRow {
  readonly name: string;
  /** The first that is named; where none is, the first in the alphabet. */
  readonly primary: boolean;
  /** Else it was found, and is only looked at. */
  readonly named: boolean;
  /** None of its workers has sent a heartbeat: BullMQ's own traces tell of them. */
  readonly observed: boolean;
  readonly status: { readonly status: Status; readonly code: Code; readonly message: string };
  /** Null before its first look. */
  readonly depths: QueueDepth | null;
  /** Those that send heartbeats and are alive, or that are connected, whichever are more. */
  readonly workers: number;
}

/** Reported by the `worker` check. */
export interface WorkerReport {
  readonly worker: {
    readonly started: boolean;
    readonly id: string | null;
    readonly queue: string;
    readonly heartbeatTimeoutMs: number;
    readonly latestHeartbeatAt: string | null;
    readonly latestHeartbeatAgeMs: number | null;
  };
  /** Those that are named first. */
  readonly queues: readonly QueueRow[];
  readonly workers: readonly WorkerRow[];
  readonly queueDepths: Readonly<Record<string, QueueDepth>>;
  readonly leases: readonly LeaseRow[];
  readonly inlineWorker: boolean;
}

/** Reported by the `workflows` check. */
export interface WorkflowsReport {
  readonly totalWorkflows: number;
}

/** Which checks have a report, by their keys: `answer` takes no other of them, and none of anybody else. */
export interface Reports {
  readonly queue: QueueReport;
  readonly worker: WorkerReport;
  readonly workflows: WorkflowsReport;
}

/** What the check of this key has reported; undefined before its first answer, and of a process that has none. */
export function reportOf<Key extends keyof Reports>(snapshot: Snapshot, key: Key): Reports[Key] | undefined {
  return checkOf(snapshot, key)?.report as Reports[Key] | undefined;
}

export interface QueueHealth {
  readonly status: Status;
  readonly durable: boolean;
  readonly message: string;
  readonly latencyMs: number | null;
  readonly checkedAt: string | null;
}
