import type { QueueCode } from '../queue-code.js';

/** One thing that is to be said of the queue. */
export interface Finding {
  readonly code: QueueCode;
  readonly message: string;
}
