import type { Logger } from '@nestjs/common';
import type { Redact } from '../kernel/index.js';
import type { SupervisionLogger } from '../supervision/index.js';

/** Gives supervision Nest's logger. Flips of readiness are left to `AppServer`, which knows their reason. */
export function supervisionLogger(logger: Logger, redact: Redact): SupervisionLogger {
  const line = (fields: object, message: string): object => lineOf(redactIn(fields, redact), redact(message));
  return {
    info: (fields, message) => {
      if (!isFlip(fields)) logger.log(line(fields, message));
    },
    warn: (fields, message) => {
      if (!isFlip(fields)) logger.warn(line(fields, message));
    },
    error: (fields, message) => logger.error(line(fields, message)),
  };
}

/** The level of a line of output is that of the line that it becomes. */
function lineOf(fields: object, message: string): object {
  return { msg: message, ...fields, level: undefined };
}

function isFlip(fields: object): boolean {
  const { event } = fields as { event?: unknown };
  return event === 'ready' || event === 'not_ready';
}

/** Reasons and errors are told in the words of the child. */
function redactIn(fields: object, redact: Redact): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' ? redact(value) : value,
    ]),
  );
}
