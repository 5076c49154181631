import { Logger } from '@nestjs/common';
import { Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Settings } from '../../config/index.js';
import { every, type Redact, withDeadline } from '../../kernel/index.js';
import { createRedis } from '../../redis/index.js';
import type { JobHandler, QueueConsumer } from '../queue-driver.js';
import type { KeptJobs } from './kept-jobs.js';

/** A dead worker's job is taken over after at most a lock and an interval. */
const LOCK_MS = 20_000;
const STALLED_INTERVAL_MS = 10_000;
/** Crashes of workers that one job may live through; beyond, BullMQ fails it without asking. */
const MAX_STALLED = 3;
const IDLE_WAIT_S = 5;
/** Of the grace: left for a job to note that it was told to stop. */
const LAST_WORDS_MS = 1000;
/** Without a job there is nothing to wait for but a goodbye to Redis, which may never be answered. */
const IDLE_GOODBYE_MS = 500;
const FORCE_MS = 200;
const TRIM_EVERY_MS = 1000;

interface ConsumerParts {
  readonly settings: Settings;
  readonly redact: Redact;
  readonly concurrency: number;
  readonly kept: KeptJobs;
  /** Names its connections, so that they can be told from those of others. */
  readonly name: string;
}

class LeavingWorker extends Worker {
  /** What `close()` ends last, when it does not come so far: its timer would keep a process from ending. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
    await this.getBackend().close(true);
  }
}

/** Runs jobs of one queue in a BullMQ worker with connections of its own. */
export class BullmqConsumer implements QueueConsumer {
  /** For those who watch it; it begins to take jobs in the next turn of the event loop. */
  readonly worker: LeavingWorker;
  /** BullMQ makes its blocking connection as a duplicate of it, and leaves it to us to close it. */
  private readonly connection: Redis;
  private readonly logger = new Logger('Worker');
  private readonly stops = new Map<string, AbortController>();
  private readonly stopTrimming: () => void;
  private closed: Promise<void> | undefined;

  constructor(queue: string, handler: JobHandler, parts: ConsumerParts) {
    const { settings, redact, concurrency, kept, name } = parts;
    // Redis that is away has a check of its own.
    this.stopTrimming = every(
      TRIM_EVERY_MS,
      () => kept.trim(),
      () => undefined,
    );
    this.connection = createRedis(settings, 'worker');
    this.worker = new LeavingWorker(queue, (job: Job) => this.run(queue, job, handler), {
      connection: this.connection,
      prefix: settings.QUEUE_PREFIX,
      concurrency,
      name,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_INTERVAL_MS,
      maxStalledCount: MAX_STALLED,
      drainDelay: IDLE_WAIT_S,
      runRetryDelay: 1000,
      // A version check that is interrupted, or not permitted, would leave the worker dead for ever.
      skipVersionCheck: true,
    });
    this.worker.on('error', (error) => this.logger.warn(`worker of ${queue}: ${redact(error.message)}`));
    this.worker.on('lockRenewalFailed', (ids) =>
      ids.forEach((id) => this.stop(id, 'the lock of the job is lost')),
    );
    setImmediate(() => {
      if (this.closed === undefined)
        this.worker.run().catch((error: Error) => this.worker.emit('error', error));
    });
  }

  close(graceMs: number): Promise<void> {
    this.stopTrimming();
    this.closed ??= this.letGo(graceMs);
    return this.closed;
  }

  private async run(queue: string, job: Job, handler: JobHandler): Promise<void> {
    const id = job.id ?? '';
    const stop = new AbortController();
    this.stops.set(id, stop);
    try {
      const data = (job.data ?? {}) as Readonly<Record<string, unknown>>;
      await handler({ id, name: job.name, data, queue, signal: stop.signal });
    } finally {
      if (this.stops.get(id) === stop) this.stops.delete(id);
    }
  }

  private stop(id: string, reason: string): void {
    this.stops.get(id)?.abort(new Error(reason));
  }

  private async letGo(graceMs: number): Promise<void> {
    try {
      await this.finish(graceMs);
    } finally {
      this.connection.disconnect();
    }
  }

  private async finish(graceMs: number): Promise<void> {
    // The promise is followed to its end, past the grace too: a late rejection has a handler.
    const finished = this.worker.close().catch((error: Error) => void this.worker.emit('error', error));
    const waitMs = this.stops.size === 0 ? Math.min(IDLE_GOODBYE_MS, graceMs) : graceMs;
    const lastWordsMs = Math.min(LAST_WORDS_MS, waitMs / 5);
    const inTime = await withDeadline(waitMs - lastWordsMs, () => finished);
    if (inTime.kind !== 'timed-out') return;
    for (const id of this.stops.keys()) this.stop(id, 'the worker stops');
    const atLast = await withDeadline(lastWordsMs, () => finished);
    // What is still running keeps its lock until that expires; then another worker takes it over.
    if (atLast.kind === 'timed-out') await withDeadline(FORCE_MS, () => this.worker.abandon());
  }
}
