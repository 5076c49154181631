import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { instrumentWorker, type InstrumentedWorker, type WorkerInsight } from '@probity/worker';
import { type Settings, SETTINGS } from '../../config/index.js';
import { REDACT, type Redact } from '../../kernel/index.js';
import { redisOptions, redisTarget } from '../../redis/index.js';

/** The workers of this process, and their heartbeats. */
@Injectable()
export class WorkerHeartbeats {
  private readonly logger = new Logger('WorkerHeartbeats');
  private readonly workers = new Set<InstrumentedWorker>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(REDACT) private readonly redact: Redact,
  ) {}

  /** Gives a worker heartbeats for as long as it lives; its `close()` says goodbye. */
  instrument(worker: Worker): InstrumentedWorker {
    const { settings } = this;
    const instrumented = instrumentWorker(worker, {
      connection: redisOptions(redisTarget(settings), 'client'),
      ...(settings.WORKER_ID === undefined ? {} : { workerId: settings.WORKER_ID }),
      // Beats must come often enough to prove a wedge in time.
      intervalMs: Math.min(
        settings.WORKER_HEARTBEAT_INTERVAL_MS,
        Math.ceil(settings.QUEUE_WEDGED_AFTER_MS / 3),
      ),
      timeoutMs: settings.WORKER_HEARTBEAT_TIMEOUT_MS,
      onError: (reason) => this.logger.warn(`heartbeats do not reach Redis: ${this.redact(reason)}`),
    });
    this.workers.add(instrumented);
    return instrumented;
  }

  insights(): readonly WorkerInsight[] {
    return [...this.workers].map((each) => each.insight());
  }
}
