import type { JobState } from '../../queue/index.js';

/** An unfinished execution whose job was looked for. */
export interface Unfinished {
  /** How often a worker has begun it. */
  readonly starts: number;
}

export type Remedy = 'keep' | 'requeue' | 'give-up';

/** An execution that ended this many workers is taken for the cause, and is not handed to the next one. */
export const MAX_STARTS = 20;

/** Decides what becomes of an unfinished execution, by what the queue knows of its job. */
export function remedy(row: Unfinished, job: JobState): Remedy {
  switch (job) {
    case 'waiting':
    case 'delayed':
    case 'active':
      return 'keep';
    case 'absent':
    case 'failed':
    case 'completed':
      return row.starts >= MAX_STARTS ? 'give-up' : 'requeue';
  }
}
