import { assessLeases } from '../../../src/modules/heartbeat/assess/leases.assess.js';
import { assessQueue } from '../../../src/modules/heartbeat/assess/queue.assess.js';
import {
  assessWorkers,
  type WorkerAssessment,
} from '../../../src/modules/heartbeat/assess/workers.assess.js';
import { startWatch, watch, type Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import type { KnownWorker, Limits, QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import type { QueueCase } from '../../../src/modules/heartbeat/assess/queue-case.js';
import type { StoredHeartbeat } from '@probity/worker/wire';
import { parseHeartbeat, type Heartbeat } from '../../../src/modules/heartbeat/heartbeat.js';
import type { QueueReading, SlowReading } from '../../../src/modules/heartbeat/read/reading.js';

/** Noon of some day, by the clock of Redis. */
export const NOON = 1_800_000_000_000;

export const LIMITS: Limits = {
  timeoutMs: 30_000,
  wedgedAfterMs: 30_000,
  backlogWarn: 1000,
  maxWaitMs: 60_000,
  jobStuckAfterMs: 900_000,
  workersMin: 1,
};

type Active = StoredHeartbeat['active'][number];
type Parts = Omit<Partial<StoredHeartbeat>, 'active'> & {
  active?: (Omit<Active, 'stuckAfterMs' | 'name'> & Partial<Pick<Active, 'stuckAfterMs' | 'name'>>)[];
};

export function heartbeat(at: number, parts: Parts = {}): Heartbeat {
  const read = parseHeartbeat({
    at,
    id: 'worker-1',
    incarnation: 'life-1',
    sequence: Math.max(0, Math.round((at - NOON) / 1000) + 10_000),
    queue: 'execution',
    prefix: 'bull',
    state: 'running',
    watched: true,
    upForMs: 60_000,
    intervalMs: 5000,
    timeoutMs: 30_000,
    concurrency: 4,
    ...parts,
  });
  if (read === null) throw new Error('the heartbeat of this test is none');
  return read;
}

export function slow(
  parts: Partial<Omit<SlowReading, 'counts'>> & { counts?: Partial<SlowReading['counts']> } = {},
): SlowReading {
  return {
    heads: [],
    finishes: { failed: [], completed: [], events: null },
    waiting: { ids: [], sample: false },
    overdueSince: null,
    concurrencyLimit: null,
    rateLimitLeftMs: null,
    activeIds: [],
    locks: [],
    stalledCheckLeftMs: null,
    connectedWorkers: null,
    orphanedParents: { ids: [], sample: false },
    unlocked: [],
    stalledOut: [],
    deadSchedulers: [],
    ended: [],
    givenUp: [],
    ...parts,
    counts: {
      waiting: 0,
      delayed: 0,
      active: 0,
      prioritized: 0,
      failed: 0,
      completed: 0,
      paused: false,
      ...parts.counts,
    },
  };
}

/** A look at the queue at which every worker that beats is there. */
export function reading(now: number, parts: Partial<QueueReading> = {}): QueueReading {
  const heartbeats = parts.heartbeats ?? [];
  const absent = parts.absent ?? new Set<string>();
  return {
    queue: 'execution',
    now,
    heartbeats,
    unread: { ids: 0, unreadable: [] },
    present: new Set(heartbeats.map((each) => each.incarnation).filter((each) => !absent.has(each))),
    absent,
    slow: slow(),
    ...parts,
  };
}

export function seen(...readings: (QueueReading | [QueueReading, 'reconnected'])[]): Watch {
  return readings.reduce<Watch>(
    (before, each) =>
      Array.isArray(each)
        ? watch(before, { kind: 'reading', reading: each[0], reconnected: true })
        : watch(before, { kind: 'reading', reading: each, reconnected: false }),
    startWatch('execution'),
  );
}

export function verdictOf(
  { evidence }: Watch,
  parts: { conflicts?: readonly string[]; canaryLostForMs?: number | null; limits?: Limits } = {},
) {
  const limits = parts.limits ?? LIMITS;
  const workers = assessWorkers(evidence, limits);
  const leases = assessLeases(evidence, workers, limits.timeoutMs);
  return assessQueue({
    evidence,
    limits,
    workers,
    leases,
    conflicts: parts.conflicts ?? [],
    canaryLostForMs: parts.canaryLostForMs ?? null,
  });
}

/** What is known of the queue, as it would be after a look at noon that found nothing. */
export function evidence(parts: Partial<QueueEvidence> = {}): QueueEvidence {
  return { ...startWatch('execution').evidence, now: NOON, slow: slow(), ...parts };
}

export function known(beat: Heartbeat, parts: Partial<Omit<KnownWorker, 'heartbeat'>> = {}): KnownWorker {
  return { heartbeat: beat, goneSince: null, doubleAt: null, ...parts };
}

/** A worker that takes jobs, told of in time. */
export function assessed(
  { doubleAt = null, ...parts }: Partial<WorkerAssessment> & { doubleAt?: number | null } = {},
  beat: Heartbeat = heartbeat(NOON),
): WorkerAssessment {
  return {
    worker: known(beat, { doubleAt }),
    state: 'running',
    ageMs: 0,
    wedgedForMs: 0,
    late: false,
    clockOffMs: 0,
    ...parts,
  };
}

export function queueCase(parts: Partial<QueueCase> = {}): QueueCase {
  return {
    evidence: evidence(),
    limits: LIMITS,
    workers: [],
    leases: [],
    conflicts: [],
    canaryLostForMs: null,
    ...parts,
  };
}
