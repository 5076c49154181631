import type { JobState } from '../../work/index.js';

/** An unfinished execution whose job was looked for. */
export interface Unfinished {
  /** How often a worker has begun it. */
  readonly starts: number;
  readonly attempt: number;
}

export type Remedy = 'keep' | 'requeue' | 'give-up';

/** An execution that ended this many workers is taken for the cause, and is not handed to the next one. */
export const MAX_STARTS = 20;
/** The largest number that the column of attempts holds. */
export const MAX_ATTEMPT = 2_147_483_647;

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
      return row.starts >= MAX_STARTS || row.attempt >= MAX_ATTEMPT ? 'give-up' : 'requeue';
  }
}

/** A worker of ours begins the execution before it completes the job: this job was completed by somebody else. */
export function takenByAnother(row: { readonly status: 'queued' | 'running' }, job: JobState): boolean {
  return job === 'completed' && row.status === 'queued';
}
