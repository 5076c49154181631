import type { StoredHeartbeat } from '@probity/worker/wire';
import { NOT_UNDERSTOOD, understood } from './heartbeat-form.js';

export interface ActiveJob {
  readonly id: string;
  readonly name: string | null;
  /** Epoch ms by the clock of Redis, as everywhere below. */
  readonly startedAt: number;
  readonly progressAt: number | null;
  /** 1 for the first run; higher after a retry or a stall. */
  readonly attempt: number;
  /** How long it may go without progress; null: as long as any job. */
  readonly stuckAfterMs: number | null;
}

/** A heartbeat as it is read: times are epoch ms by the clock of Redis. */
export interface Heartbeat extends Omit<
  StoredHeartbeat,
  'active' | 'upForMs' | 'lastPickupAgeMs' | 'lastCompletedAgeMs' | 'idleWhileWaitingMs'
> {
  readonly startedAt: number;
  readonly active: readonly ActiveJob[];
  readonly lastPickupAt: number | null;
  readonly lastCompletedAt: number | null;
  readonly idleWhileWaitingSince: number | null;
}

/** Null when the text is no heartbeat: somebody else's key, or a version that cannot be understood. */
export function readHeartbeat(text: string): Heartbeat | null {
  return parseHeartbeat(jsonOf(text));
}

export function parseHeartbeat(json: unknown): Heartbeat | null {
  const parsed = understood(json);
  if (parsed === NOT_UNDERSTOOD) return null;
  const { active, upForMs, lastPickupAgeMs, lastCompletedAgeMs, idleWhileWaitingMs, ...rest } = parsed;
  const before = (ms: number | null) => (ms === null ? null : rest.at - ms);
  return {
    ...rest,
    startedAt: rest.at - upForMs,
    active: active.map((job) => ({
      id: job.id,
      name: job.name,
      startedAt: rest.at - job.startedAgeMs,
      progressAt: before(job.progressAgeMs),
      attempt: job.attempt,
      stuckAfterMs: job.stuckAfterMs,
    })),
    lastPickupAt: before(lastPickupAgeMs),
    lastCompletedAt: before(lastCompletedAgeMs),
    idleWhileWaitingSince: before(idleWhileWaitingMs),
  };
}

/** The way back: `parseHeartbeat(wireOf(heartbeat))` is the heartbeat. */
export function wireOf(heartbeat: Heartbeat): StoredHeartbeat {
  const { active, startedAt, lastPickupAt, lastCompletedAt, idleWhileWaitingSince, ...rest } = heartbeat;
  const ageOf = (at: number | null) => (at === null ? null : rest.at - at);
  return {
    ...rest,
    upForMs: rest.at - startedAt,
    active: active.map((job) => ({
      id: job.id,
      name: job.name,
      startedAgeMs: rest.at - job.startedAt,
      progressAgeMs: ageOf(job.progressAt),
      attempt: job.attempt,
      stuckAfterMs: job.stuckAfterMs,
    })),
    lastPickupAgeMs: ageOf(lastPickupAt),
    lastCompletedAgeMs: ageOf(lastCompletedAt),
    idleWhileWaitingMs: ageOf(idleWhileWaitingSince),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
