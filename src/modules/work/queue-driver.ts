/** A job as producers hand it in. `id` is the caller's own, so that adding twice is harmless. */
export interface NewJob {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface TakenJob extends NewJob {
  readonly queue: string;
  /** Aborts when the worker stops for good and the job has not finished within its grace. */
  readonly signal: AbortSignal;
}

/** What the queue knows of a job id. `absent` is what a lost one looks like. */
export type JobState = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed' | 'absent';

/** The queue took no job, or could not be asked, within the deadline. `code` is of the registry. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What who puts work into a queue needs of it. Implemented by BullMQ, and in memory for isolated tests; one conformance
 * suite runs over both. Who takes work out is a `QueueWorkerHost`, or has `InMemoryDriver` call it.
 */
export interface QueueDriver {
  readonly kind: 'bullmq' | 'inmemory' | 'unusable';
  /** Resolves once the queue holds the job. Rejects with `QueueUnavailableError` within `deadlineMs`. */
  add(queue: string, job: NewJob, deadlineMs: number): Promise<void>;
  states(queue: string, jobIds: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
}

/** Inject with `@Inject(QUEUE_DRIVER) driver: QueueDriver`. */
export const QUEUE_DRIVER = Symbol('QUEUE_DRIVER');
