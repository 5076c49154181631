import { nextAttempts, workOf } from '@probity/worker/wire';
import type { QueueReading } from '../read/reading.js';
import type { Death, KnownWorker } from './evidence.js';

const KEPT_MS = 600_000;
const KEPT = 200;
/** A lock outlives its holder for about so long, and may be looked at only then. */
const LOCKS_TELL_MS = 60_000;
/** Lives that held the same work when they ended: once is chance, and so may twice be. */
const LIVES = 3;
/** An attempt that was given up or lost is followed by the next within a few sweeps of the reconciler, or by none. */
const NEXT_ATTEMPT_MS = 120_000;

/** Adds the lives that have ended since the look before, and what the locks tell of those of before. */
export function deathsAfter(
  before: readonly Death[],
  was: readonly KnownWorker[],
  is: readonly KnownWorker[],
  { now, slow }: Pick<QueueReading, 'now' | 'slow'>,
): readonly Death[] {
  const counted = new Set(before.map(({ incarnation }) => incarnation));
  const ended = [...was, ...is].filter(({ heartbeat, goneSince }) => {
    if (heartbeat.state === 'stopped' || heartbeat.state === 'stopping') return false;
    const replaced = is.some(
      (each) =>
        each.heartbeat.id === heartbeat.id &&
        each.heartbeat.incarnation !== heartbeat.incarnation &&
        each.doubleAt === null,
    );
    return goneSince !== null || replaced;
  });
  const added = new Map<string, Death>();
  for (const { heartbeat } of ended) {
    const { incarnation, token, active } = heartbeat;
    if (counted.has(incarnation) || added.has(incarnation)) continue;
    added.set(incarnation, { incarnation, token, at: now, jobs: active.map(({ id }) => id) });
  }
  return [...before.filter(({ at }) => now - at <= KEPT_MS), ...added.values()]
    .slice(-KEPT)
    .map((death) => (now - death.at <= LOCKS_TELL_MS ? withLocked(death, slow) : death));
}

/** A job that killed its worker at once is in no heartbeat; the lock of the dead one tells. */
function withLocked(death: Death, { locks }: QueueReading['slow']): Death {
  const { token, jobs } = death;
  const more = locks.filter(
    (lock) => token !== '' && lock.token?.startsWith(token) === true && !jobs.includes(lock.jobId),
  );
  return more.length === 0 ? death : { ...death, jobs: [...jobs, ...more.map(({ jobId }) => jobId)] };
}

export interface Poison {
  /** What kills: a job, or an execution whatever its attempt. */
  readonly work: string;
  /** The job that held it last. */
  readonly jobId: string;
  readonly lives: number;
  readonly lastAt: number;
}

/** Work that was held by life after life as it ended, the worst first. */
export function poisonAmong(deaths: readonly Death[]): readonly Poison[] {
  const found = new Map<string, Poison>();
  for (const { at, jobs } of deaths) {
    const held = new Map(jobs.map((jobId) => [workOf(jobId), jobId]));
    for (const [work, jobId] of held) {
      const { lives = 0, lastAt = -Infinity, jobId: before } = found.get(work) ?? {};
      const latest = before === undefined || at >= lastAt ? jobId : before;
      found.set(work, { work, jobId: latest, lives: lives + 1, lastAt: Math.max(lastAt, at) });
    }
  }
  return [...found.values()].filter(({ lives }) => lives >= LIVES).sort((a, b) => b.lives - a.lives);
}

/** Whether it kills nobody any more: it has ended, in this attempt or a later one, was removed, or given up for good. */
export function isOver(
  { jobId, lastAt }: Poison,
  { now, slow }: Pick<QueueReading, 'now' | 'slow'>,
): boolean {
  if ([jobId, ...nextAttempts(jobId)].some((id) => slow.ended.includes(id))) return true;
  return slow.givenUp.includes(jobId) && now - lastAt > NEXT_ATTEMPT_MS;
}
