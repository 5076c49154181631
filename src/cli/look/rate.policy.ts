import type { QueueFacts } from './facts.js';

/** Jobs that ended, well or not, per second; null when it was not watched long enough to tell. */
export function rateOf({ done, overMs }: Pick<QueueFacts, 'done' | 'overMs'>): number | null {
  return overMs < 1000 ? null : ((done.completed + done.failed) * 1000) / overMs;
}
