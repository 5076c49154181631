import type { Heartbeat } from '../heartbeat.js';

/** A heartbeat may be stored between the question for the time and that for the heartbeat. */
const SAME_MOMENT_MS = 1000;

/**
 * A heartbeat whose time is later than now: the clock of Redis went back, as it may after a failover. Left alone, it
 * would look fresh until that time comes.
 */
export function rebased(heartbeat: Heartbeat, now: number): Heartbeat {
  const byMs = heartbeat.at - now;
  if (byMs <= SAME_MOMENT_MS) return heartbeat;
  const moved = (at: number | null) => (at === null ? null : at - byMs);
  return {
    ...heartbeat,
    at: now,
    startedAt: heartbeat.startedAt - byMs,
    active: heartbeat.active.map((job) => ({
      ...job,
      startedAt: job.startedAt - byMs,
      progressAt: moved(job.progressAt),
    })),
    lastPickupAt: moved(heartbeat.lastPickupAt),
    lastCompletedAt: moved(heartbeat.lastCompletedAt),
    idleWhileWaitingSince: moved(heartbeat.idleWhileWaitingSince),
  };
}
