import type { Job } from 'bullmq';
import { isRepeated } from './attempt-id.policy.js';
import { CANARY_JOB } from './keys.js';
import type { WorkerLike } from './worker-like.js';

/** What the interception tells of the jobs of a worker. */
export interface JobObserver {
  picked(job: Job): void;
  ended(job: Job, outcome: 'completed' | 'failed'): void;
  canary(nonce: string): void;
  /** Resolves when a heartbeat has told of what runs, or soon; never rejects. */
  told(): Promise<void>;
}

type Process = (job: Job, token: string, signal?: AbortSignal) => Promise<unknown>;

/**
 * Puts the observer between a worker and its processor, and lets the canary travel through the real worker
 * without the user's processor ever seeing it. Events are no substitute: the stalled checker emits `failed` too,
 * for jobs that this worker never touched.
 *
 * `callProcessJob` is protected in BullMQ and the one step between picking up and processing, for functions and
 * sandboxed processors alike; this file is the only one that knows it, and a test fails when it moves. The first
 * versions of BullMQ 5 count no stalls.
 */
export function interceptJobs(worker: WorkerLike, observer: JobObserver): void {
  const inner = worker as unknown as { callProcessJob?: Process };
  const original = inner.callProcessJob;
  if (typeof original !== 'function') {
    throw new Error(
      'instrumentWorker knows BullMQ 5 and 6; this worker has no callProcessJob: install bullmq@6',
    );
  }
  inner.callProcessJob = async (job, token, signal) => {
    if (job.name === CANARY_JOB) {
      const nonce = (job.data as { nonce?: unknown } | undefined)?.nonce;
      if (typeof nonce === 'string') observer.canary(nonce);
      return null;
    }
    observer.picked(job);
    // Its last holder may have died of it: should this one too, it is known with what in its hands.
    if ((job.stalledCounter ?? 0) > 0 || isRepeated(job.id ?? '')) await observer.told();
    try {
      const result = await original.call(worker, job, token, signal);
      observer.ended(job, 'completed');
      return result;
    } catch (error) {
      observer.ended(job, 'failed');
      throw error;
    }
  };
}

/** Lets a worker say goodbye before its `close()` resolves, since the process often ends right after. */
export function interceptClose(worker: WorkerLike, goodbye: () => Promise<void>): void {
  const close = worker.close.bind(worker);
  worker.close = async (force?: boolean) => {
    try {
      await close(force);
    } finally {
      await goodbye();
    }
  };
}
