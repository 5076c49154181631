import type { Logger } from 'pino';
import type { Settings } from '../modules/config/index.js';
import type { Lifecycle } from '../modules/health/index.js';
import { hearStopSignals } from './stop-signals.js';

/** A process that has started. */
export interface Running {
  readonly lifecycle: Lifecycle;
  /** Closes the listener and every connection. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 5000;
/** Who is asked to stop while it starts may get so far, and stop as always; not longer. */
const START_WITHIN_MS = 1000;

/**
 * SIGTERM and SIGINT: readiness red at once, work finishes while balancers look away, the listener closes last,
 * exit 0. A second signal exits at once.
 */
export class Stopping {
  private asked = false;
  private running: Running | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly settings: Settings,
  ) {
    hearStopSignals((signal) => this.hear(signal));
  }

  started(running: Running): void {
    this.running = running;
    if (this.asked) this.stop(running);
  }

  private hear(signal: NodeJS.Signals): void {
    if (this.asked) {
      this.logger.warn({ signal }, 'second signal: exiting at once');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    this.asked = true;
    this.logger.info({ signal }, 'draining');
    if (this.running !== undefined) return this.stop(this.running);
    setTimeout(() => {
      if (this.running === undefined) process.exit(0);
    }, START_WITHIN_MS);
  }

  private stop(running: Running): void {
    void this.drainAndClose(running).then((code) => process.exit(code));
  }

  private async drainAndClose(running: Running): Promise<number> {
    const { settings, logger } = this;
    const { lifecycle } = running;
    const balancersLookAway = pause(settings.drainDelayMs);
    await lifecycle.drain(settings.SHUTDOWN_GRACE_MS);
    await balancersLookAway;
    const closed = await Promise.race([
      running.close().then(
        () => true,
        (error: unknown) => {
          logger.error({ err: error }, 'closing failed');
          return false;
        },
      ),
      pause(settings.SHUTDOWN_GRACE_MS + CLOSE_WITHIN_MS).then(() => false),
    ]);
    logger.info(closed ? 'stopped' : 'stopped, but something did not close in time');
    return closed ? 0 : 1;
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
