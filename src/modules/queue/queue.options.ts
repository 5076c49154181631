import type { RedisTarget } from '../redis/index.js';

/** Inject with `@Inject(QUEUE_OPTIONS) options: QueueOptions`. */
export const QUEUE_OPTIONS = Symbol('QUEUE_OPTIONS');

export interface QueueOptions {
  /** `unusable`: there is none, so nothing is connected to, and nothing stands in for it. */
  readonly driver: 'bullmq' | 'inmemory' | 'unusable';
  /** The first is the primary one: that of executions. None where all are only to be found. */
  readonly names: readonly string[];
  /** What the keys of all of them begin with. */
  readonly prefix: string;
  /** Null when there is none that can be used. */
  readonly redis: RedisTarget | null;
  /** Somebody puts back what the queue lost, and says so; else a loss is told for a while, and then believed. */
  readonly reconciles: boolean;
  /** What makes it unusable, by the names that the deployment knows, and how to mend it. */
  readonly problems: readonly QueueProblem[];
}

export interface QueueProblem {
  readonly name: string;
  readonly message: string;
}
