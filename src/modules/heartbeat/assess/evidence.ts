import type { Outlook } from '../../forecast/index.js';
import type { DoubledState } from './doubled.state.js';
import type { Outcomes } from './finishes.state.js';
import type { Heartbeat } from '../heartbeat.js';
import type { SlowReading, Unread } from '../read/reading.js';
import type { Traces } from './traces.state.js';

/** A worker that has been seen at least once. Times are epoch ms by the clock of Redis, here and below. */
export interface KnownWorker {
  readonly heartbeat: Heartbeat;
  /** Its own channel has no subscriber any more. Stays null for workers that cannot be watched. */
  readonly goneSince: number | null;
  /** Another life of the same id was seen beating between its beats, last at this time. */
  readonly doubleAt: number | null;
}

/** A life of a worker that ended without a goodbye, and the jobs that it held then. Times by the clock of Redis. */
export interface Death {
  readonly incarnation: string;
  /** How the locks of its jobs began; empty when it did not say. */
  readonly token: string;
  readonly at: number;
  readonly jobs: readonly string[];
}

/** What is known of one queue and of those who consume it, after any number of readings. */
export interface QueueEvidence {
  readonly queue: string;
  readonly now: number;
  readonly workers: readonly KnownWorker[];
  readonly unread: Unread;
  /** Nothing can be read before the first reading. */
  readonly slow: SlowReading | null;
  /** Since when the job that is next in line has been so; null when there is none. */
  readonly headSince: number | null;
  /** Since when each job has been seen to wait of those among which the oldest is, by id. */
  readonly waitingSeen: ReadonlyMap<string, number>;
  /** Since when there has always been a job that could run. */
  readonly waitingSince: number | null;
  /** Jobs that could run a minute ago; null before that is known. */
  readonly waitingBefore: number | null;
  /** Jobs that could run in the last quarter of an hour, when they are drained, and that they will be too many. */
  readonly backlog: Outlook;
  /** Since when each active job has been seen, by id. */
  readonly activeSince: ReadonlyMap<string, number>;
  /** When Redis came back after it could not be asked; null when it never was away. */
  readonly redisBackAt: number | null;
  /** Lives of workers that ended without a goodbye, within ten minutes. */
  readonly deaths: readonly Death[];
  /** Jobs that run twice at once. */
  readonly doubled: DoubledState;
  /** What BullMQ itself leaves behind, whether or not its workers send heartbeats. */
  readonly traces: Traces;
  /** How the last jobs ended, as far as the queue itself tells. */
  readonly outcomes: Outcomes;
}

/** Ms, and numbers of jobs. */
export interface Limits {
  readonly timeoutMs: number;
  readonly wedgedAfterMs: number;
  readonly backlogWarn: number;
  readonly maxWaitMs: number;
  readonly jobStuckAfterMs: number;
  /** 0: an idle queue needs no worker. */
  readonly workersMin: number;
}

/** A worker is forgotten this long after its last sign of life, when another one works. */
export const FORGET_MS = 600_000;
/** After Redis came back every worker subscribes again; until then an empty channel proves nothing. */
export const RESUBSCRIBE_MS = 5_000;
