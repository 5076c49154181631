import type { Code } from '../../health/index.js';

/** What Postgres knows of workflows and executions. */
export interface WorkflowFigures {
  readonly totalWorkflows: number;
  readonly queued: number;
  readonly running: number;
  /** Null when none is queued. */
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

/** Judges the figures. `maxWaitMs` is how long an execution may wait for a worker. */
export function assessWorkflows(figures: WorkflowFigures, maxWaitMs: number): WorkflowsVerdict {
  const { queued, running, oldestQueuedAgeMs, succeeded, failed, totalWorkflows } = figures;
  if (oldestQueuedAgeMs !== null && oldestQueuedAgeMs > maxWaitMs) {
    return {
      code: 'workflows.waiting',
      message: `${queued} executions wait for a worker, the oldest for ${seconds(oldestQueuedAgeMs)} s (${seconds(maxWaitMs)} s allowed)`,
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
