import type { Code } from '../../health/index.js';
import type { SweepProgress } from '../store/reconcile.repository.js';

/** Pages are ended every few seconds, by one process or another. */
export const STALLED_AFTER_MS = 30_000;
/** A round of few executions ends with nearly every turn. */
export const ROUND_MS = 60_000;
/** Executions that a turn goes through, every five seconds at the slowest. */
const A_TURN = 5000;
const TURN_MS = 5000;
/** A round may take so many times as long as it needs. */
const GENEROSITY = 4;

export interface ReconcilerCase {
  /** Null when the row is gone from which processes take their turns. */
  readonly progress: SweepProgress | null;
  /** Executions that a round goes through; asked for only when it takes long, else 0. */
  readonly unfinished: number;
  /** How long database and queue have let the reconciler work, as far as this process knows. */
  readonly possibleForMs: number;
}

export interface ReconcilerVerdict {
  readonly code: Extract<Code, `reconciler.${string}`>;
  readonly message: string;
}

/** Does the search for lost executions get on? Whatever stops it, it shows in the time since it last did. */
export function assessReconciler({ progress, unfinished, possibleForMs }: ReconcilerCase): ReconcilerVerdict {
  if (progress === null) {
    return {
      code: 'reconciler.stalled',
      message:
        'Nobody looks for lost executions: the row of execution_sweep is gone. Put it back: INSERT INTO execution_sweep DEFAULT VALUES.',
    };
  }
  const { advancedAgeMs, roundAgeMs } = progress;
  const standsMs = Math.min(advancedAgeMs, possibleForMs);
  if (standsMs > STALLED_AFTER_MS) {
    return {
      code: 'reconciler.stalled',
      message: `Nobody has looked for lost executions for ${seconds(standsMs)} s, while database and queue could be asked. See the errors of "Reconciler" in the logs of api and workers.`,
    };
  }
  const allowedMs = Math.max(ROUND_MS, GENEROSITY * Math.ceil(unfinished / A_TURN) * TURN_MS);
  const incompleteMs = Math.min(roundAgeMs, possibleForMs);
  if (incompleteMs > allowedMs) {
    return {
      code: 'reconciler.stalled',
      message: `The search for lost executions has not come round for ${seconds(incompleteMs)} s (${seconds(allowedMs)} s allowed for ${unfinished} unfinished ones): something cannot be looked at or put back. See the errors of "Reconciler" in the logs of api and workers.`,
    };
  }
  return { code: 'reconciler.running', message: 'Lost executions are looked for.' };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
