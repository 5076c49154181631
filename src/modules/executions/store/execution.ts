import type { FailureCode } from '../../http/index.js';
import type { Step, StepKind } from '../definition/workflow.js';

export const EXECUTION_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];
export type StepStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Why something failed; `step` names the step that failed the execution. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly step?: string;
}

/** The workflow as clients see it. */
export interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly steps: readonly Step[];
  readonly createdAt: Date;
}

export interface ExecutionSummary {
  readonly id: string;
  readonly workflowId: string;
  readonly status: ExecutionStatus;
  readonly error: Failure | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface StepRecord {
  readonly id: string;
  readonly kind: StepKind;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly output: unknown;
  /** True where there is an output that is too large to be shown with the others. */
  readonly outputOmitted?: boolean;
  readonly error: Failure | null;
  /** Every try that failed, first to last. */
  readonly failures: readonly (Failure & { readonly at: string })[];
}

/** The execution as clients see it. */
export interface Execution extends ExecutionSummary {
  readonly input: unknown;
  readonly result: unknown;
  readonly steps: readonly StepRecord[];
}

/** A page of things in their order, newest first, and where the next one begins; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** A client that waits for a lock is told sooner what it waits for. */
export const LOCK_WITHIN_MS = 1000;

export interface PageRequest {
  readonly limit: number;
  /** Position of the last item of the page before. */
  readonly before: string | null;
}

/** Cuts a page out of rows of which one more than the limit was asked for. */
export function toPage<Row extends { position: string }, T>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => T,
): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? last.position : null,
  };
}

/** SQL: the next fence of an execution, for a counter that is full must not keep it from being taken over. */
export const nextFence = (column = 'fence') => `least(${column}, 9223372036854775806) + 1`;

/**
 * Whether an execution may be taken over: whoever made it did not withdraw it before anybody did. A statement that
 * sees it accepted sees its withdrawal as well, if that was noted before the acceptance was committed.
 */
export const unlessWithdrawn = (table = 'executions') =>
  `(${table}.fence > 0 OR NOT EXISTS (SELECT FROM execution_withdrawals x WHERE x.execution_id = ${table}.id))`;
