import type { ProbeOutcome } from '../../supervision/index.js';
import type { Pulse } from '../protocol/codex-session.js';

/** A child that sends but leaves calls unanswered counts as mute after so many of them. */
export const UNANSWERED_LIMIT = 5;

/**
 * What one look at the child says of it. `unanswered` is how many looks in a row, this one among them, it left
 * unanswered while it sent something else, and `threshold` how many failures make it wedged: of those looks the last ones
 * fail, so that the limit and the threshold are reached together.
 */
export function outcomeOf({ kind, message }: Pulse, unanswered: number, threshold: number): ProbeOutcome {
  switch (kind) {
    case 'alive':
    case 'busy':
      return { outcome: 'pass', message };
    case 'mute':
      return { outcome: 'fail', message: `it is wedged: ${message}` };
    case 'unanswered':
      return unanswered > UNANSWERED_LIMIT - threshold
        ? { outcome: 'fail', message: `it is wedged: ${message}` }
        : { outcome: 'error', message };
    default:
      return unreachable(kind);
  }
}

function unreachable(value: never): never {
  throw new Error(`Unhandled pulse ${JSON.stringify(value)}`);
}
