import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job } from 'bullmq';
import { likeClient, toTarget, type BeatTarget, type Connect } from './beat-connection.js';
import type { BeatMoment, BeatReply } from './beat-line.js';
import { LONGEST_ID, readable } from './bounds.js';
import { monotonic } from './clock.js';
import { defaultWorkerId } from './default-worker-id.js';
import type { WorkerState } from './heartbeat.js';
import { idleness, NOT_IDLE, type Idleness } from './idle.policy.js';
import { interceptClose, interceptJobs } from './intercept.js';
import { JobLedger } from './job-ledger.js';
import { rateLimitLeft, rateMaxOf, reachedLimit, type ReachedLimit } from './limits.policy.js';
import { Publisher, type BeatContent } from './publisher.js';
import { isIoredis, type RedisClient } from './redis-client.js';
import {
  bullmqVersionOf,
  clientOf,
  concurrencyOf,
  connectedClientOf,
  limitUntilOf,
  trackedJobsOf,
  type WorkerLike,
} from './worker-like.js';

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

/**
 * Gives any worker of BullMQ 5 or 6 heartbeats: a connection more (two with ioredis 5), and at most four commands per
 * interval. The worker's jobs, events and options stay as they are. Throws when it cannot tell which Redis to use.
 *
 * @example
 * ```ts
 * import { instrumentWorker } from '@probity/worker';
 * import { Worker } from 'bullmq';
 *
 * const worker = new Worker('emails', async (job) => `sent ${job.id}`, {
 *   connection: { host: '127.0.0.1', port: 6379 },
 * });
 * instrumentWorker(worker, { workerId: 'emails-1' }).workerId; // → 'emails-1'
 * ```
 */
export function instrumentWorker(worker: WorkerLike, options: InstrumentOptions = {}): InstrumentedWorker {
  const own = clientOf(worker);
  // Not to be seen yet: it will be when it is connected.
  const later = own === undefined ? connectedClientOf(worker) : undefined;
  return new Instrumentation(worker, later ?? connectTo(options.connection, own), options);
}

function connectTo(target: BeatTarget | undefined, client: unknown): Connect {
  if (target !== undefined) return toTarget(target, client);
  if (isIoredis(client)) return likeClient(client);
  throw new Error(
    'instrumentWorker finds no ioredis in this worker (heartbeats need Redis, and the client that BullMQ uses by default): give options.connection, a client of ioredis',
  );
}

class Instrumentation implements InstrumentedWorker {
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
