import { attemptId } from '@probity/worker/wire';
import type { NewJob } from '../work/index.js';

const NAME = 'execution';

/** The queue's job of one attempt at an execution. It carries no data of the client: that is in Postgres. */
export function jobOf(executionId: string, attempt: number): NewJob {
  return { id: attemptId(executionId, attempt), name: NAME, data: { executionId, attempt } };
}

/** Reads a job, null when it is none of ours. */
export function readJob({ data }: Pick<NewJob, 'data'>): { executionId: string; attempt: number } | null {
  const { executionId, attempt } = data;
  if (typeof executionId !== 'string' || !UUID.test(executionId)) return null;
  return typeof attempt === 'number' && Number.isInteger(attempt) ? { executionId, attempt } : null;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
