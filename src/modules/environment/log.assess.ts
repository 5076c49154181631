import type { Code } from '../health/index.js';
import type { LogState } from '../logging/index.js';

export interface LogAssessment {
  readonly code: Code;
  readonly message: string;
}

/** A reader may pause for a moment. */
const WAITS_TOO_LONG_MS = 1000;
/** A reader that is always too slow takes something every now and then. */
const DROPPED_LATELY_MS = 10_000;

/** The log fails when lines wait, or were dropped just now. That it was so earlier is in the log itself. */
export function assessLog(log: LogState): LogAssessment {
  const waits = log.waitsMs !== null && log.waitsMs >= WAITS_TOO_LONG_MS;
  const drops = log.lastDropMs !== null && log.lastDropMs < DROPPED_LATELY_MS;
  if (!waits && !drops) return { code: 'log.ok', message: 'The log is written.' };
  const why =
    log.failure === 'EAGAIN' || log.failure === null
      ? 'The log is not read, or too slowly'
      : `The log cannot be written (${log.failure})`;
  const since = waits ? ` for ${Math.round((log.waitsMs ?? 0) / 1000)} s` : '';
  return {
    code: 'log.failing',
    message: `${why}${since}: ${log.heldLines} lines wait, ${log.droppedLines} were dropped since the start`,
  };
}
