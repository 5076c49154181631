import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job } from 'bullmq';
import { connectTo, type Connect } from './beat-connection.js';
import type { BeatMoment, BeatReply } from './beat-line.js';
import { LONGEST_ID, readable } from './bounds.js';
import { monotonic } from './clock.js';
import { defaultWorkerId } from './default-worker-id.js';
import type { WorkerState } from './heartbeat.js';
import { idleness, NOT_IDLE, type Idleness } from './idle.policy.js';
import type { InstrumentedWorker, InstrumentOptions, WorkerInsight } from './instrumented-worker.js';
import { interceptClose, interceptJobs } from './intercept.js';
import { JobLedger } from './job-ledger.js';
import { rateLimitLeft, rateMaxOf, reachedLimit, type ReachedLimit } from './limits.policy.js';
import { Publisher, type BeatContent } from './publisher.js';
import type { RedisClient } from './redis-client.js';
import {
  bullmqVersionOf,
  concurrencyOf,
  limitUntilOf,
  trackedJobsOf,
  type WorkerLike,
} from './worker-like.js';

/** One worker with heartbeats: what is known of it, from its own events and from the answers of Redis. */
export class Instrumentation implements InstrumentedWorker {
  readonly workerId: string;
  private readonly ledger: JobLedger;
  private readonly publisher: Publisher;
  private readonly intervalMs: number;
  private database = '';
  private closing = false;
  private stopped = false;
  private connected = false;
  private redisBackAt: number | null = null;
  private idle: Idleness = NOT_IDLE;
  private limit: ReachedLimit | null = null;
  private complained = false;
  private ran = false;

  constructor(
    private readonly worker: WorkerLike,
    connect: Connect | PromiseLike<unknown>,
    private readonly options: InstrumentOptions,
  ) {
    this.workerId = readable(options.workerId ?? unnamedId(), LONGEST_ID);
    this.intervalMs = options.intervalMs ?? 2000;
    const tracked = trackedJobsOf(worker);
    this.ledger = new JobLedger(
      monotonic,
      () => this.publisher.soon(),
      () => this.publisher.told(),
      (job) => this.stuckAfterMs(job),
      (jobId) => tracked.has(jobId),
    );
    for (const [jobId, { ts }] of tracked) this.ledger.found(jobId, Date.now() - Number(ts ?? NaN));
    interceptJobs(worker, this.ledger);
    interceptClose(worker, () => this.stop());
    this.publisher = new Publisher({
      scope: { prefix: worker.opts.prefix ?? 'bull', queue: worker.name },
      workerId: this.workerId,
      incarnation: randomUUID(),
      intervalMs: this.intervalMs,
      content: () => this.content(),
      moment: () => this.moment(),
      told: (reply) => this.onTold(reply),
      failed: (reason) => this.onFailed(reason),
    });
    if (typeof connect === 'function') this.connect(connect);
    else {
      connect
        .then((client) => this.connect(connectTo(options.connection, client)))
        .then(undefined, (error: unknown) => this.onFailed(error));
    }
    worker.on('progress', (job: Job) => this.ledger.progressed(job.id));
    worker.on('paused', () => this.publisher.soon());
    worker.on('resumed', () => this.publisher.soon());
    worker.on('closing', () => {
      this.closing = true;
      this.publisher.soon();
    });
  }

  private connect(connect: Connect): void {
    const redis = this.publisher.connect(connect);
    if (redis !== undefined) this.database = databaseOf(redis);
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
      bullmq: bullmqVersionOf(this.worker),
      concurrency: concurrencyOf(this.worker),
      lockDurationMs: opts.lockDuration ?? 30_000,
      limiterMax: opts.limiter?.max ?? null,
      everRan: this.everRan(),
      idleWhileWaitingMs: this.insight().idleWhileWaitingMs,
    };
  }

  private moment(): BeatMoment {
    return {
      free: this.takesJobs() && this.ledger.active < concurrencyOf(this.worker),
      pickedUp: this.ledger.pickedUp,
      limited: this.worker.opts.limiter !== undefined,
    };
  }

  private takesJobs(): boolean {
    return this.state() === 'running' && this.everRan();
  }

  private onTold(reply: BeatReply): void {
    const now = monotonic();
    if (this.complained) this.redisBackAt = now;
    this.complained = false;
    this.connected = true;
    this.limit = this.limitOf(reply);
    this.idle = idleness(this.idle, {
      now,
      waiting: reply.facts.waiting || reply.facts.due,
      limit: this.limit,
      limitsKnown: reply.limitsKnown,
      workerTakesJobs: this.takesJobs(),
      slotsFree: this.ledger.active < concurrencyOf(this.worker),
      pickedUp: this.ledger.pickedUp,
    });
  }

  private limitOf({ facts }: BeatReply): ReachedLimit | null {
    const max = rateMaxOf(facts.rate.max, [this.worker.opts.limiter?.max ?? null]);
    // What it was told at its last fetch holds it back until then, whatever has become of the limit since.
    const ownMs = limitUntilOf(this.worker) - Date.now();
    const rateLimitLeftMs = rateLimitLeft({ ...facts.rate, max }) ?? (ownMs > 0 ? ownMs : null);
    return reachedLimit({ ...facts, rateLimitLeftMs });
  }

  private onFailed(reason: unknown): void {
    if (this.stopped) return;
    this.connected = false;
    this.idle = NOT_IDLE;
    if (!this.complained) this.complain(reason instanceof Error ? reason.message : String(reason));
    this.complained = true;
  }
}

/** Host, port and number of a database, or what stands for a host. */
function databaseOf({ options, isCluster }: RedisClient): string {
  if (isCluster === true) return 'cluster';
  const { host, port, db, name, sentinels } = options;
  const where = Array.isArray(sentinels) ? `sentinel ${String(name)}` : `${String(host)}:${String(port)}`;
  return `${where}/${String(db)}`;
}

let unnamed = 0;

function unnamedId(): string {
  unnamed += 1;
  return `${defaultWorkerId()}${unnamed === 1 ? '' : `-${unnamed}`}`;
}
