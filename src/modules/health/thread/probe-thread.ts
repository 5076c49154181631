import { Logger } from '@nestjs/common';
import { Worker } from 'node:worker_threads';
import { register } from 'prom-client';
import type { ServerLimits } from '../../http/index.js';
import { monotonic } from '../../kernel/index.js';
import { every } from '../../kernel/index.js';
import type { Liveness } from '../../liveness/index.js';
import type { ConnectionUse } from '../../resources/index.js';
import type { Board } from '../board/board.service.js';
import { registry } from '../codes/index.js';
import type { ProcessSampler } from '../process-sampler.js';
import type { ServiceIdentity } from '../views/index.js';
import type { FromThread, ThreadData, ToThread } from './messages.js';

const TICK_MS = 100;

interface ProbeThreadParts {
  readonly board: Board;
  readonly liveness: Liveness;
  readonly sampler: ProcessSampler;
  readonly service: ServiceIdentity;
  readonly opsToken: string | undefined;
  readonly loopDeadAfterMs: number;
  readonly limits: ServerLimits;
}

/** The main thread's side of the probe thread: tells it every change of the board and that this loop runs. */
export class ProbeThread {
  private readonly heartbeat = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  private readonly cell = new Float64Array(this.heartbeat);
  private worker: Worker | undefined;
  private endTicking: (() => void) | undefined;
  private use: ConnectionUse | null = null;
  private stopListening: (() => void) | undefined;
  private changed = true;
  private lastReason: string | null = null;
  private readonly logger = new Logger('Probes');

  constructor(private readonly parts: ProbeThreadParts) {}

  /** Resolves with the port once the thread listens; rejects when the port cannot be bound. */
  async listen(host: string, port: number): Promise<number> {
    this.tick();
    const { service, opsToken, loopDeadAfterMs, limits, board } = this.parts;
    const workerData: ThreadData = {
      host,
      port,
      service,
      opsToken,
      heartbeat: this.heartbeat,
      loopDeadAfterMs,
      limits,
      codes: registry,
    };
    // The thread shares the process's environment, but reads none of it: all it knows is in `workerData`.
    this.worker = new Worker(new URL('./probe.thread.js', import.meta.url), { workerData, stdin: false });
    const listening = await new Promise<number>((resolve, reject) => {
      this.worker?.on('message', (message: FromThread) => {
        if (message.kind === 'listening') resolve(message.port);
        if (message.kind === 'failed') reject(new Error(message.message));
        if (message.kind === 'ask') void this.reply(message.id, message.what);
        if (message.kind === 'connections') this.use = message.use;
        if (message.kind === 'defect') this.logger.error(message.message);
      });
      this.worker?.on('error', reject);
    });
    this.stopListening = board.onChange(() => {
      // Told at once, but once per turn of the loop: several checks often change together.
      if (!this.changed) setImmediate(() => this.tellState());
      this.changed = true;
    });
    this.endTicking = every(
      TICK_MS,
      () => this.tick(),
      (error) => this.logger.error(error),
    );
    this.tellState();
    return listening;
  }

  /** The connections of the thread as it told of them last; null before it did. */
  get connections(): ConnectionUse | null {
    return this.use;
  }

  /** Closes the listener last, after everything else has stopped. */
  async close(): Promise<void> {
    this.endTicking?.();
    this.stopListening?.();
    const worker = this.worker;
    if (worker === undefined) return;
    const closed = new Promise<void>((resolve) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'closed') resolve();
      });
      worker.once('exit', () => resolve());
    });
    this.tell({ kind: 'close' });
    await closed;
    await worker.terminate();
  }

  private tick(): void {
    this.cell[0] = monotonic();
    // A veto is known only by asking, so it is asked with every tick.
    if (this.worker !== undefined && this.parts.liveness.read(Date.now()).reason !== this.lastReason)
      this.tellState();
  }

  private tellState(): void {
    const liveness = this.parts.liveness.read(Date.now());
    const { cpuUsage, memoryUsage } = this.parts.sampler.sample();
    this.lastReason = liveness.reason;
    this.changed = false;
    this.tell({
      kind: 'state',
      snapshot: this.parts.board.snapshot(),
      liveness,
      sample: { cpuUsage, memoryUsage },
    });
  }

  private async reply(id: number, what: 'fresh' | 'metrics'): Promise<void> {
    const value =
      what === 'fresh'
        ? await this.parts.board.fresh()
        : { contentType: register.contentType, body: await register.metrics() };
    this.tell({ kind: 'reply', id, value });
  }

  private tell(message: ToThread): void {
    this.worker?.postMessage(message);
  }
}
