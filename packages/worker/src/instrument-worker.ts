import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job, Worker } from 'bullmq';
import { defaultWorkerId } from './default-worker-id.js';
import { beatConnection, targetOf, type BeatTarget } from './beat-connection.js';
import { LONGEST_ID, readable } from './bounds.js';
import { monotonic } from './clock.js';
import type { WorkerState } from './heartbeat.js';
import { idleness, NOT_IDLE, type Idleness } from './idle.policy.js';
import { interceptClose, interceptJobs } from './intercept.js';
import { JobLedger } from './job-ledger.js';
import { rateLimitLeft, rateMaxOf, reachedLimit, type ReachedLimit } from './limits.policy.js';
import { Publisher, type BeatContent, type BeatReply } from './publisher.js';

/** Everything has a default: `instrumentWorker(worker)` is enough for a worker that uses ioredis. */
export interface InstrumentOptions {
  /** Redis of the heartbeats; the worker's own by default. A URL, options of ioredis, or a client to copy. */
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

/**
 * Gives any BullMQ worker heartbeats: one connection more, one small script call per interval. The worker's
 * jobs, events and options stay as they are. Throws when it cannot tell which Redis to use.
 */
export function instrumentWorker(worker: Worker, options: InstrumentOptions = {}): InstrumentedWorker {
  const target = options.connection ?? targetOf(worker.opts.connection);
  if (target === undefined) {
    throw new Error(
      'instrumentWorker cannot use the connection of this worker; give options.connection, a URL or options of ioredis',
    );
  }
  return new Instrumentation(worker, target, options);
}

class Instrumentation implements InstrumentedWorker {
  readonly workerId: string;
  private readonly ledger: JobLedger;
  private readonly publisher: Publisher;
  private readonly intervalMs: number;
  private readonly database: string;
  private closing = false;
  private stopped = false;
  private connected = false;
  private redisBackAt: number | null = null;
  private idle: Idleness = NOT_IDLE;
  private limit: ReachedLimit | null = null;
  private complained = false;
  private ran = false;

  constructor(
    private readonly worker: Worker,
    target: BeatTarget,
    private readonly options: InstrumentOptions,
  ) {
    this.workerId = readable(options.workerId ?? unnamedId(), LONGEST_ID);
    this.intervalMs = options.intervalMs ?? 2000;
    this.ledger = new JobLedger(
      monotonic,
      () => this.publisher.soon(),
      () => this.publisher.told(),
      (job) => this.stuckAfterMs(job),
    );
    interceptJobs(worker, this.ledger);
    interceptClose(worker, () => this.stop());
    const redis = beatConnection(target, this.workerId);
    this.database = `${redis.options.host}:${redis.options.port}/${redis.options.db}`;
    this.publisher = new Publisher({
      scope: { prefix: worker.opts.prefix ?? 'bull', queue: worker.name },
      workerId: this.workerId,
      incarnation: randomUUID(),
      intervalMs: this.intervalMs,
      redis,
      content: () => this.content(),
      told: (reply) => this.onTold(reply),
      failed: (reason) => this.onFailed(reason),
    });
    worker.on('progress', (job) => this.ledger.progressed(job.id));
    worker.on('paused', () => this.publisher.soon());
    worker.on('resumed', () => this.publisher.soon());
    worker.on('closing', () => {
      this.closing = true;
      this.publisher.soon();
    });
  }

  insight(): WorkerInsight {
    const now = monotonic();
    const ageOf = (since: number | null) => (since === null ? null : Math.round(now - since));
    return {
      workerId: this.workerId,
      queue: this.worker.name,
      state: this.state(),
      running: this.worker.isRunning(),
      everRan: this.everRan(),
      connected: this.connected,
      redisBackForMs: this.connected ? ageOf(this.redisBackAt) : null,
      idleWhileWaitingMs: ageOf(this.idle.since),
      limit: this.limit,
      active: this.ledger.active,
    };
  }

  expects(jobId: string, ms: number): void {
    this.ledger.expects(jobId, ms);
  }

  stop(): Promise<void> {
    this.stopped = true;
    return this.publisher.goodbye();
  }

  /** A function of the user's that throws must not cost the job. */
  private stuckAfterMs(job: Job): number | null | undefined {
    try {
      return this.options.stuckAfterMs?.(job);
    } catch (error) {
      this.complain(`stuckAfterMs failed: ${String(error)}`);
      return null;
    }
  }

  /** Nor must it cost a heartbeat, or the process: it is called from timers and events. */
  private complain(reason: string): void {
    try {
      this.options.onError?.(reason);
    } catch {
      // Whom else to tell is known to nobody.
    }
  }

  private everRan(): boolean {
    this.ran ||= this.worker.isRunning();
    return this.ran;
  }

  private state(): WorkerState {
    if (this.stopped) return 'stopped';
    if (this.closing) return 'stopping';
    return this.worker.isPaused() ? 'paused' : 'running';
  }

  private content(): BeatContent {
    const { opts } = this.worker;
    return {
      ...this.ledger.read(),
      named: this.options.workerId !== undefined,
      database: this.database,
      host: hostname(),
      pid: process.pid,
      state: this.state(),
      intervalMs: this.intervalMs,
      timeoutMs: this.options.timeoutMs ?? 30_000,
      token: this.worker.id,
      concurrency: this.worker.concurrency,
      lockDurationMs: opts.lockDuration ?? 30_000,
      limiterMax: opts.limiter?.max ?? null,
      everRan: this.everRan(),
      idleWhileWaitingMs: this.insight().idleWhileWaitingMs,
    };
  }

  private onTold(reply: BeatReply): void {
    const now = monotonic();
    if (this.complained) this.redisBackAt = now;
    this.complained = false;
    this.connected = true;
    this.limit = this.limitOf(reply);
    this.idle = idleness(this.idle, {
      now,
      waiting: reply.waiting,
      limit: this.limit,
      workerTakesJobs: this.state() === 'running' && this.everRan(),
      slotsFree: this.ledger.active < this.worker.concurrency,
      pickedUp: this.ledger.pickedUp,
    });
  }

  private limitOf({ queue }: BeatReply): ReachedLimit | null {
    const { rate, ...facts } = queue;
    const max = rateMaxOf(rate.max, [this.worker.opts.limiter?.max ?? null]);
    // What it was told at its last fetch holds it back until then, whatever has become of the limit since.
    const until = (this.worker as unknown as { readonly limitUntil?: unknown }).limitUntil;
    const ownMs = typeof until === 'number' ? until - Date.now() : 0;
    const rateLimitLeftMs = rateLimitLeft({ ...rate, max }) ?? (ownMs > 0 ? ownMs : null);
    return reachedLimit({ ...facts, rateLimitLeftMs });
  }

  private onFailed(reason: string): void {
    this.connected = false;
    this.idle = NOT_IDLE;
    if (!this.complained) this.complain(reason);
    this.complained = true;
  }
}

let unnamed = 0;

function unnamedId(): string {
  unnamed += 1;
  return `${defaultWorkerId()}${unnamed === 1 ? '' : `-${unnamed}`}`;
}
