import type { Code } from '../../health/index.js';

/** What Postgres knew of workflows and executions when it counted them. */
export interface WorkflowFigures {
  readonly totalWorkflows: number;
  readonly queued: number;
  readonly running: number;
  /** Null when none was queued. */
  readonly oldestQueuedAgeMs: number | null;
  /** Of the executions that ended recently. */
  readonly succeeded: number;
  readonly failed: number;
}

export type WorkflowsCode = Extract<Code, `workflows.${string}`>;

export interface WorkflowsVerdict {
  readonly code: WorkflowsCode;
  readonly message: string;
}

/** Below this many ended executions a ratio says nothing. */
const ENOUGH = 10;
const FAILING_RATIO = 0.5;

/** Whether one waited too long when they were counted. */
export function waitedTooLong({ oldestQueuedAgeMs }: WorkflowFigures, maxWaitMs: number): boolean {
  return oldestQueuedAgeMs !== null && oldestQueuedAgeMs > maxWaitMs;
}

/**
 * Judges the figures, counted `ageMs` ago. `maxWaitMs` is how long an execution may wait for a worker, and `late`
 * whether one waits for longer now.
 */
export function assessWorkflows(
  figures: WorkflowFigures,
  { late, maxWaitMs, ageMs }: { readonly late: boolean; readonly maxWaitMs: number; readonly ageMs: number },
): WorkflowsVerdict {
  const { queued, running, oldestQueuedAgeMs, succeeded, failed, totalWorkflows } = figures;
  if (late) {
    // Whoever waited then has waited on since; if nobody did, all that is known is that it is too long.
    const oldestMs = Math.max(oldestQueuedAgeMs === null ? 0 : oldestQueuedAgeMs + ageMs, maxWaitMs);
    return {
      code: 'workflows.waiting',
      message: `${Math.max(queued, 1)} executions wait for a worker, the oldest for ${seconds(oldestMs)} s (${seconds(maxWaitMs)} s allowed)`,
    };
  }
  const ended = succeeded + failed;
  if (ended >= ENOUGH && failed / ended >= FAILING_RATIO) {
    return {
      code: 'workflows.failing',
      message: `${failed} of the last ${ended} executions failed`,
    };
  }
  return {
    code: 'workflows.healthy',
    message: `${totalWorkflows} workflows; ${queued} executions queued, ${running} running`,
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
