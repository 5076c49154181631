import { reachedLimit, type ReachedLimit } from '@probity/worker/wire';
import type { QueueEvidence } from './evidence.js';

/** The limit that holds jobs back; null when none is reached. */
export function limitOf({ slow }: QueueEvidence): ReachedLimit | null {
  if (slow === null) return null;
  const { counts, rateLimitLeftMs, concurrencyLimit } = slow;
  return reachedLimit({
    paused: counts.paused,
    rateLimitLeftMs,
    concurrency: concurrencyLimit,
    active: counts.active,
  });
}

/** Jobs that could run now, or could if the queue were not paused. */
export function depthOf({ slow }: QueueEvidence): number {
  return slow === null ? 0 : slow.counts.waiting + slow.counts.prioritized;
}

/** Since it was first seen to wait, or was due: the only ages that no producer's clock can falsify. */
export function oldestAge({ now, headSince, waitingSeen, slow }: QueueEvidence): number | null {
  const since = [headSince, slow?.overdueSince ?? null, ...waitingSeen.values()].filter(
    (at): at is number => at !== null,
  );
  return since.length === 0 ? null : Math.max(0, now - Math.min(...since));
}
