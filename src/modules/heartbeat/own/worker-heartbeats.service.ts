import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Worker } from 'bullmq';
import { instrumentWorker, type InstrumentedWorker, type WorkerInsight } from '@probity/worker';
import { Lifecycle } from '../../health/index.js';
import { REDACT, type Redact } from '../../kernel/index.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { workersOf, type Provider } from './worker-hosts.js';

/** The workers of this process, and their heartbeats: each `WorkerHost` of Nest has them without being told. */
@Injectable()
export class WorkerHeartbeats implements OnApplicationBootstrap {
  private readonly logger = new Logger('WorkerHeartbeats');
  private readonly workers = new Map<Worker, InstrumentedWorker>();

  constructor(
    @Inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    @Inject(REDACT) private readonly redact: Redact,
    private readonly discovery: DiscoveryService,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** A worker that nobody could ask how it is has not begun. */
  onApplicationBootstrap(): void {
    this.lifecycle.whenServing(() => this.instrumentAll(this.discovery.getProviders()));
  }

  /** Gives the workers of some providers heartbeats, for as long as they live; their `close()` says goodbye. */
  instrumentAll(providers: readonly Provider[]): void {
    for (const worker of workersOf(providers)) this.instrument(worker);
  }

  /** The same for one worker, once. */
  instrument(worker: Worker): InstrumentedWorker {
    const known = this.workers.get(worker);
    if (known !== undefined) return known;
    const { workerId, intervalMs, timeoutMs, wedgedAfterMs } = this.options;
    const instrumented = instrumentWorker(worker, {
      ...(workerId === undefined ? {} : { workerId }),
      // Beats must come often enough to prove a wedge in time.
      intervalMs: Math.min(intervalMs, Math.ceil(wedgedAfterMs / 3)),
      timeoutMs,
      onError: (reason) => this.logger.warn(`heartbeats do not reach Redis: ${this.redact(reason)}`),
    });
    this.workers.set(worker, instrumented);
    return instrumented;
  }

  insights(): readonly WorkerInsight[] {
    return [...this.workers.values()].map((each) => each.insight());
  }
}
