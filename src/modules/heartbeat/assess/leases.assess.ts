import { LONGEST_ID, readable } from '@probity/worker/wire';
import type { LeaseRow } from '../../health/index.js';
import type { QueueEvidence } from './evidence.js';
import { isAlive, type WorkerAssessment } from './workers.assess.js';

/** One active job, held by one worker, with its last sign of life. Times are epoch ms by the clock of Redis. */
export interface Lease {
  readonly jobId: string;
  readonly holder: WorkerAssessment | null;
  readonly lockedAt: number | null;
  readonly lastSignAt: number | null;
  readonly ageMs: number;
  readonly stale: boolean;
  /** Ms until its lock runs out; null when nobody looked, for its holder beats on time. */
  readonly lockLeftMs: number | null;
}

export function assessLeases(
  evidence: QueueEvidence,
  workers: readonly WorkerAssessment[],
  timeoutMs: number,
): readonly Lease[] {
  const { now, slow } = evidence;
  if (slow === null) return [];
  // The newest heartbeat comes last and counts: a job that was taken over is still listed by who had it before.
  const byAge = [...workers].sort((a, b) => a.worker.heartbeat.at - b.worker.heartbeat.at);
  const held = new Map(
    byAge.flatMap((each) => each.worker.heartbeat.active.map((job) => [job.id, { each, job }] as const)),
  );
  const locks = new Map(slow.locks.map((lock) => [lock.jobId, lock]));
  return slow.activeIds.map((id) => {
    const jobId = readable(id, LONGEST_ID);
    const found = held.get(jobId);
    const lock = locks.get(id);
    const lockLeftMs = lock?.leftMs ?? null;
    const firstSeen = evidence.activeSince.get(id) ?? now;
    if (found !== undefined) {
      const { at } = found.each.worker.heartbeat;
      const ageMs = Math.max(0, now - at);
      return {
        jobId,
        holder: found.each,
        lockedAt: found.job.startedAt,
        lastSignAt: at,
        ageMs,
        stale: ageMs > timeoutMs,
        lockLeftMs,
      };
    }
    // No heartbeat tells of it yet, or its holder sends none: then its lock is the sign of life.
    const alive = lock === undefined || lock.leftMs > 0;
    const ageMs = alive ? 0 : now - firstSeen;
    return {
      jobId,
      holder: holderOf(lock?.token ?? null, workers),
      lockedAt: firstSeen,
      lastSignAt: alive ? now : firstSeen,
      ageMs,
      stale: ageMs > timeoutMs,
      lockLeftMs,
    };
  });
}

/** The lock names its holder; with one worker alive there is no doubt either. */
function holderOf(token: string | null, workers: readonly WorkerAssessment[]): WorkerAssessment | null {
  const named = workers.find(({ worker }) => {
    const { token: own } = worker.heartbeat;
    return token !== null && own !== '' && token.startsWith(own);
  });
  if (named !== undefined || token !== null) return named ?? null;
  const alive = workers.filter(isAlive);
  return alive.length === 1 ? (alive[0] ?? null) : null;
}

export function leaseRow(lease: Lease, queue: string): LeaseRow {
  return {
    jobId: lease.jobId,
    queue,
    workerId: lease.holder?.worker.heartbeat.id ?? 'unknown',
    lockedAt: iso(lease.lockedAt),
    lastHeartbeatAt: iso(lease.lastSignAt),
    ageMs: Math.round(lease.ageMs),
    stale: lease.stale,
  };
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
