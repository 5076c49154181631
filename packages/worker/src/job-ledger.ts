import type { Job } from 'bullmq';
import { LONGEST_ID, MAX_AGE_MS, MOST_LISTED, readable } from './bounds.js';
import type { HeartbeatBody } from './heartbeat.js';
import type { JobObserver } from './intercept.js';

const RECENT = 20;
const RECENT_MS = 600_000;
/** Each API process sends its own. */
const CANARIES = 10;

interface Running {
  /** As it is told. */
  readonly id: string;
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
  ) {}

  get pickedUp(): number {
    return this.picks;
  }

  get active(): number {
    return this.running.size;
  }

  picked(job: Job): void {
    const now = this.clock();
    this.picks += 1;
    this.lastPickupAt = now;
    this.running.set(job, {
      id: readable(job.id ?? '', LONGEST_ID),
      jobId: job.id,
      startedAt: now,
      progressAt: null,
      attempt: Math.max(1, job.attemptsStarted),
      stuckAfterMs: patienceOf(this.stuckAfterMs?.(job)),
    });
  }

  progressed(jobId: string | undefined): void {
    for (const job of this.running.values()) if (job.jobId === jobId) job.progressAt = this.clock();
  }

  /** The job has come this far, and what it does now may take so long. */
  expects(jobId: string, ms: number): void {
    this.progressed(jobId);
    for (const job of this.running.values()) if (job.jobId === jobId) job.stuckAfterMs = patienceOf(ms);
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
    const recent = this.finished.filter((each) => now - each.at <= RECENT_MS);
    const ageOf = (at: number | null) => (at === null ? null : Math.round(now - at));
    return {
      active: [...this.running.values()].slice(0, MOST_LISTED).map((job) => ({
        id: job.id,
        startedAgeMs: Math.round(now - job.startedAt),
        progressAgeMs: ageOf(job.progressAt),
        attempt: job.attempt,
        stuckAfterMs: job.stuckAfterMs,
      })),
      activeCount: this.running.size,
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
}

/** `Infinity` is a promise to say no more, not a number of JSON. */
function patienceOf(ms: number | null | undefined): number | null {
  return typeof ms !== 'number' || Number.isNaN(ms) || ms < 0 ? null : Math.min(ms, MAX_AGE_MS);
}
