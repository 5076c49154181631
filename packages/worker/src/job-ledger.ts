import type { Job } from 'bullmq';
import { LONGEST_ID, LONGEST_NAME, MAX_AGE_MS, MOST_LISTED, readable } from './bounds.js';
import type { HeartbeatBody } from './heartbeat.js';
import type { JobObserver } from './intercept.js';

const RECENT = 20;
const RECENT_MS = 600_000;
/** Each API process sends its own. */
const CANARIES = 10;

interface Running {
  /** As it is told. */
  readonly id: string;
  readonly name: string | null;
  readonly jobId: string | undefined;
  readonly startedAt: number;
  progressAt: number | null;
  readonly attempt: number;
  stuckAfterMs: number | null;
}

type LedgerPart = Pick<
  HeartbeatBody,
  | 'active'
  | 'activeCount'
  | 'pickedUp'
  | 'completed'
  | 'failed'
  | 'lastPickupAgeMs'
  | 'lastCompletedAgeMs'
  | 'recentFinished'
  | 'recentFailed'
  | 'failuresInARow'
  | 'successesInARow'
  | 'canaries'
>;

/** What one worker has done and is doing, timed by a clock that never jumps (ms, passed in). */
export class JobLedger implements JobObserver {
  private readonly running = new Map<Job, Running>();
  /** Jobs that the worker ran already when it was instrumented, and of which it alone knows when they end. */
  private readonly before = new Map<string, Running>();
  private readonly finished: { at: number; failed: boolean }[] = [];
  private picks = 0;
  private completed = 0;
  private failed = 0;
  private failuresInARow = 0;
  private successesInARow = 0;
  private lastPickupAt: number | null = null;
  private lastCompletedAt: number | null = null;
  private canaries: readonly string[] = [];

  constructor(
    private readonly clock: () => number,
    private readonly onCanary: () => void,
    readonly told: () => Promise<void> = () => Promise.resolve(),
    private readonly stuckAfterMs?: (job: Job) => number | null | undefined,
    /** Whether the worker still runs a job of before. */
    private readonly stillRuns: (jobId: string) => boolean = () => false,
  ) {}

  get pickedUp(): number {
    return this.picks;
  }

  get active(): number {
    return this.running.size + this.ofBefore().length;
  }

  /** A job that was running before anybody listened, for so long as far as is known. */
  found(jobId: string, forMs: number): void {
    this.before.set(jobId, {
      id: readable(jobId, LONGEST_ID),
      name: null,
      jobId,
      startedAt: this.clock() - (forMs > 0 ? forMs : 0),
      progressAt: null,
      attempt: 1,
      stuckAfterMs: null,
    });
  }

  picked(job: Job): void {
    const now = this.clock();
    this.picks += 1;
    this.lastPickupAt = now;
    this.before.delete(job.id ?? '');
    this.running.set(job, {
      id: readable(job.id ?? '', LONGEST_ID),
      name: readable(job.name, LONGEST_NAME),
      jobId: job.id,
      startedAt: now,
      progressAt: null,
      attempt: Math.max(1, job.attemptsStarted ?? job.attemptsMade + 1),
      stuckAfterMs: patienceOf(this.stuckAfterMs?.(job)),
    });
  }

  progressed(jobId: string | undefined): void {
    for (const job of this.all()) if (job.jobId === jobId) job.progressAt = this.clock();
  }

  /** The job has come this far, and what it does now may take so long. */
  expects(jobId: string, ms: number): void {
    this.progressed(jobId);
    for (const job of this.all()) if (job.jobId === jobId) job.stuckAfterMs = patienceOf(ms);
  }

  ended(job: Job, outcome: 'completed' | 'failed'): void {
    const now = this.clock();
    this.running.delete(job);
    const failed = outcome === 'failed';
    this.finished.push({ at: now, failed });
    if (this.finished.length > RECENT) this.finished.shift();
    if (failed) {
      this.failed += 1;
      this.failuresInARow += 1;
      this.successesInARow = 0;
    } else {
      this.completed += 1;
      this.failuresInARow = 0;
      this.successesInARow += 1;
      this.lastCompletedAt = now;
    }
  }

  canary(nonce: string): void {
    // The canary proves consumption as any job does.
    this.picks += 1;
    this.lastPickupAt = this.clock();
    this.canaries = [...this.canaries, nonce].slice(-CANARIES);
    this.onCanary();
  }

  read(): LedgerPart {
    const now = this.clock();
    const all = this.all();
    const recent = this.finished.filter((each) => now - each.at <= RECENT_MS);
    const ageOf = (at: number | null) => (at === null ? null : Math.round(now - at));
    return {
      active: all.slice(0, MOST_LISTED).map((job) => ({
        id: job.id,
        name: job.name,
        startedAgeMs: Math.round(now - job.startedAt),
        progressAgeMs: ageOf(job.progressAt),
        attempt: job.attempt,
        stuckAfterMs: job.stuckAfterMs,
      })),
      activeCount: all.length,
      pickedUp: this.picks,
      completed: this.completed,
      failed: this.failed,
      lastPickupAgeMs: ageOf(this.lastPickupAt),
      lastCompletedAgeMs: ageOf(this.lastCompletedAt),
      recentFinished: recent.length,
      recentFailed: recent.filter((each) => each.failed).length,
      failuresInARow: recent.length === 0 ? 0 : this.failuresInARow,
      successesInARow: this.successesInARow,
      canaries: [...this.canaries],
    };
  }

  private all(): readonly Running[] {
    return [...this.ofBefore(), ...this.running.values()];
  }

  private ofBefore(): readonly Running[] {
    for (const jobId of this.before.keys()) if (!this.stillRuns(jobId)) this.before.delete(jobId);
    return [...this.before.values()];
  }
}

/** `Infinity` is a promise to say no more, not a number of JSON. */
function patienceOf(ms: number | null | undefined): number | null {
  return typeof ms !== 'number' || Number.isNaN(ms) || ms < 0 ? null : Math.min(ms, MAX_AGE_MS);
}
