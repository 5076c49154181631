import type { Limits, QueueEvidence } from './evidence.js';
import type { Lease } from './leases.assess.js';
import type { WorkerAssessment } from './workers.assess.js';

/** All that a verdict on one queue is made of. */
export interface QueueCase {
  readonly evidence: QueueEvidence;
  readonly limits: Limits;
  readonly workers: readonly WorkerAssessment[];
  readonly leases: readonly Lease[];
  /** Processes that use another queue, in words; empty when all use the same. */
  readonly conflicts: readonly string[];
  /** How long a canary has been on its way beyond the allowed wait; null when none is overdue. */
  readonly canaryLostForMs: number | null;
}
