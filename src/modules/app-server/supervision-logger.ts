import type { Logger } from '@nestjs/common';
import type { SupervisionLogger } from '../supervision/index.js';

/** Gives supervision Nest's logger. Flips of readiness are left to `AppServer`, which knows their reason. */
export function supervisionLogger(logger: Logger): SupervisionLogger {
  return {
    info: (fields, message) => {
      if (!isFlip(fields)) logger.log({ msg: message, ...fields });
    },
    warn: (fields, message) => {
      if (!isFlip(fields)) logger.warn({ msg: message, ...fields });
    },
    error: (fields, message) => logger.error({ msg: message, ...fields }),
  };
}

function isFlip(fields: object): boolean {
  const { event } = fields as { event?: unknown };
  return event === 'ready' || event === 'not_ready';
}
