import type { QueueDepth } from '../../health/index.js';
import type { OldestJobs } from './oldest.js';
import type { OrphanedParents } from './orphaned-parents.js';
import type { Heartbeat } from '../heartbeat.js';

export type JobCounts = Omit<QueueDepth, 'oldestWaitingAgeMs' | 'oldestWaitingIsSample'>;

/** One life of one worker, as far as its own channel is concerned. */
export interface Life {
  readonly id: string;
  readonly incarnation: string;
}

/** An active job of which no heartbeat tells, or whose holder is late: what its lock says. */
export interface Lock {
  readonly jobId: string;
  /** Names the holder, after the lock has run out too; null when it was never seen. */
  readonly token: string | null;
  /** Ms until it runs out, 0 when it has. */
  readonly leftMs: number;
}

/** What was found where heartbeats are, and not read or not understood: reading has bounds. */
export interface Unread {
  /** Ids in the list of workers beyond the latest, which are read. */
  readonly ids: number;
  /** Workers whose heartbeat is too long, malformed, of another worker, or of a time to come. */
  readonly unreadable: readonly string[];
}

/** What is to be asked of this queue beside what is asked of every one. */
export interface Asked {
  /** Jobs of which it is to be told whether they have ended. */
  readonly suspects: readonly string[];
  /** Jobs that waited at an earlier look. */
  readonly waited: readonly string[];
  /** Nothing has moved in it, and what changes seldom is looked at the less often. */
  readonly quiet: boolean;
}

/** A look at one queue. Times are epoch ms by the clock of Redis. */
export interface QueueReading {
  readonly queue: string;
  readonly now: number;
  readonly heartbeats: readonly Heartbeat[];
  readonly unread: Unread;
  /** Incarnations whose channel had a subscriber. */
  readonly present: ReadonlySet<string>;
  /** Incarnations whose channel had none, twice. */
  readonly absent: ReadonlySet<string>;
  /** What follows is looked at less often; the last look is repeated in between. */
  readonly slow: SlowReading;
}

/** How the last jobs ended, as far as BullMQ keeps it. Times are those of the workers' clocks, the newest first. */
export interface Finishes {
  /** When the last jobs ended that have failed, and that are kept: ten at most. */
  readonly failed: readonly number[];
  /** The same of those that were completed. */
  readonly completed: readonly number[];
  /** What BullMQ's events tell, which is asked only where no completed job is kept; null when it was not. */
  readonly events: readonly { readonly at: number; readonly well: boolean }[] | null;
}

export interface SlowReading {
  readonly counts: JobCounts;
  readonly finishes: Finishes;
  /** The job that is next in line, of the plain and of the prioritized ones. */
  readonly heads: readonly string[];
  /** Waiting jobs among which the oldest is. */
  readonly waiting: OldestJobs;
  /** Epoch ms at which the first overdue delayed job was due; null when none is overdue. */
  readonly overdueSince: number | null;
  readonly concurrencyLimit: number | null;
  /** How long the rate limit lets no job through; null when it is not reached. */
  readonly rateLimitLeftMs: number | null;
  /** At most a hundred. */
  readonly activeIds: readonly string[];
  readonly locks: readonly Lock[];
  /** Ms until BullMQ's own sign of life runs out; null when it is absent. */
  readonly stalledCheckLeftMs: number | null;
  /** BullMQ workers that are connected, instrumented or not; null when Redis does not tell. */
  readonly connectedWorkers: number | null;
  /** Jobs that their holders have run for longer than a lock lasts, and that these hold no lock of any more. */
  readonly unlocked: readonly { readonly jobId: string; readonly incarnation: string }[];
  /** Of the jobs that failed last, those that BullMQ failed because their locks ran out too often. */
  readonly stalledOut: readonly string[];
  /** Job schedulers whose next run is past and has no job. A sample, the longest overdue first. */
  readonly deadSchedulers: readonly { readonly id: string; readonly dueAt: number }[];
  /** Of the jobs that were asked after, those that have ended or are gone. */
  readonly ended: readonly string[];
  /** Attempts that BullMQ failed because their workers died, or that are lost: the next one may follow. */
  readonly givenUp: readonly string[];
  /** Parents that wait in vain. */
  readonly orphanedParents: OrphanedParents;
}
