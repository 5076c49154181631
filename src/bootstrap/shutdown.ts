import type { Logger } from 'pino';
import type { Settings } from '../modules/config/index.js';
import type { Lifecycle } from '../modules/health/index.js';

interface Stoppable {
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** Closes the listener and every connection. */
  readonly close: () => Promise<void>;
}

const CLOSE_WITHIN_MS = 5000;

/**
 * SIGTERM and SIGINT: readiness red at once, work finishes while balancers look away, the listener closes last,
 * exit 0. A second signal exits at once.
 */
export function stopOnSignals(parts: Stoppable): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      parts.logger.warn({ signal }, 'second signal: exiting at once');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    stopping = true;
    parts.logger.info({ signal }, 'draining');
    void drainAndClose(parts).then((code) => process.exit(code));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function drainAndClose({ settings, lifecycle, logger, close }: Stoppable): Promise<number> {
  const balancersLookAway = pause(settings.drainDelayMs);
  await lifecycle.drain(settings.SHUTDOWN_GRACE_MS);
  await balancersLookAway;
  const closed = await Promise.race([
    close().then(
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

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
