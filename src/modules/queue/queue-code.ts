import type { Code } from '../health/index.js';

/** What the `queue` check and the queue driver answer with. */
export type QueueCode = Extract<Code, `redis.${string}` | `queue.${string}`>;
