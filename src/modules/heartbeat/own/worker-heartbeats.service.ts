import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { instrumentWorker, type InstrumentedWorker, type WorkerInsight } from '@probity/worker';
import { REDACT, type Redact } from '../../kernel/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { redisOptions } from '../../redis/index.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';

/** The workers of this process, and their heartbeats. */
@Injectable()
export class WorkerHeartbeats {
  private readonly logger = new Logger('WorkerHeartbeats');
  private readonly workers = new Set<InstrumentedWorker>();

  constructor(
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    @Inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    @Inject(REDACT) private readonly redact: Redact,
  ) {}

  /** Gives a worker heartbeats for as long as it lives; its `close()` says goodbye. */
  instrument(worker: Worker): InstrumentedWorker {
    const { workerId, intervalMs, timeoutMs, wedgedAfterMs } = this.options;
    const instrumented = instrumentWorker(worker, {
      connection: redisOptions(this.queues.redis, 'client'),
      ...(workerId === undefined ? {} : { workerId }),
      // Beats must come often enough to prove a wedge in time.
      intervalMs: Math.min(intervalMs, Math.ceil(wedgedAfterMs / 3)),
      timeoutMs,
      onError: (reason) => this.logger.warn(`heartbeats do not reach Redis: ${this.redact(reason)}`),
    });
    this.workers.add(instrumented);
    return instrumented;
  }

  insights(): readonly WorkerInsight[] {
    return [...this.workers].map((each) => each.insight());
  }
}
