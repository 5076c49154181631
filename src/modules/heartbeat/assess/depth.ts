import type { QueueEvidence } from './evidence.js';

/** Jobs that could run now, or could if the queue were not paused. */
export function depthOf({ slow }: QueueEvidence): number {
  return slow === null ? 0 : slow.counts.waiting + slow.counts.prioritized;
}

/** Since it was next in line, or due: the only ages that no producer's clock can falsify. */
export function oldestAge({ now, headSince, slow }: QueueEvidence): number | null {
  const since = [headSince, slow?.overdueSince ?? null].filter((at): at is number => at !== null);
  return since.length === 0 ? null : Math.max(0, now - Math.min(...since));
}
