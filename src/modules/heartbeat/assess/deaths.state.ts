import type { QueueReading } from '../read/reading.js';
import type { Death, KnownWorker } from './evidence.js';

const KEPT_MS = 600_000;
const KEPT = 200;
/** Lives that held the same job when they ended: once is chance, and so may twice be. */
const LIVES = 3;

/** Adds the lives that have ended since the look before. */
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
    const locked = slow.locks.filter((lock) => token !== '' && lock.token?.startsWith(token) === true);
    const jobs = new Set([...active.map(({ id }) => id), ...locked.map(({ jobId }) => jobId)]);
    added.set(incarnation, { incarnation, at: now, jobs: [...jobs] });
  }
  return [...before.filter(({ at }) => now - at <= KEPT_MS), ...added.values()].slice(-KEPT);
}

export interface Poison {
  readonly jobId: string;
  readonly lives: number;
  readonly lastAt: number;
}

/** Jobs that were held by life after life as it ended, the worst first. */
export function poisonAmong(deaths: readonly Death[]): readonly Poison[] {
  const found = new Map<string, Poison>();
  for (const { at, jobs } of deaths) {
    for (const jobId of jobs) {
      const { lives = 0, lastAt = 0 } = found.get(jobId) ?? {};
      found.set(jobId, { jobId, lives: lives + 1, lastAt: Math.max(lastAt, at) });
    }
  }
  return [...found.values()].filter(({ lives }) => lives >= LIVES).sort((a, b) => b.lives - a.lives);
}
