import type { RedisFailure } from '../../redis/index.js';
import { ofQueue } from '../look/canary-turns.js';

/** Of each queue that is named, what its last dry run came to, and when, monotonic ms. */
export type DryRuns = ReadonlyMap<string, { readonly at: number; readonly failure: RedisFailure | null }>;

/** What a job needs changes seldom, and whoever is refused says so at once. */
const EVERY_MS = 60_000;
const AGAIN_MS = 3000;
/** Of many queues each is tried less often, and not all at once: a dry run costs Redis some sixty commands. */
const EACH_MS = 6000;
const MANY = 10;
const APART_MS = 2500;

export function noDryRuns(queues: readonly string[]): DryRuns {
  return new Map(queues.map((queue) => [queue, { at: -Infinity, failure: null }]));
}

/** Whose turn it is: that of the first queue, and that of one of the others, which waited longest. */
export function dueForDryRun(runs: DryRuns, now: number): readonly string[] {
  const everyMs = Math.max(EVERY_MS, EACH_MS * runs.size);
  const [first, ...others] = [...runs].map(([queue, { at, failure }], index) => ({
    queue,
    overdueMs: now - at - (failure !== null ? AGAIN_MS : index === 0 ? EVERY_MS : everyMs),
  }));
  const next = others.reduce((a, b) => (b.overdueMs > a.overdueMs ? b : a), { queue: '', overdueMs: -1 });
  const lastAt = [...runs.values()].slice(1).reduce((latest, { at }) => Math.max(latest, at), -Infinity);
  const tooSoon = others.length > MANY && now - lastAt < APART_MS;
  return [first, tooSoon ? undefined : next].flatMap((each) =>
    each !== undefined && each.overdueMs >= 0 ? [each.queue] : [],
  );
}

export function afterDryRun(runs: DryRuns, queue: string, at: number, failure: RedisFailure | null): DryRuns {
  return new Map(runs).set(queue, { at, failure });
}

/** Somebody was refused: all of them are due at once, though what is known of them stays. */
export function inDoubt(runs: DryRuns): DryRuns {
  return new Map([...runs].map(([queue, { failure }]) => [queue, { at: -Infinity, failure }]));
}

/** Of the first queue that would refuse a job; null when none would, as far as is known. */
export function refusedByDryRun(runs: DryRuns): RedisFailure | null {
  const [primary] = runs.keys();
  for (const [queue, { failure }] of runs)
    if (failure !== null) return queue === primary ? failure : ofQueue(queue, failure);
  return null;
}
