import type { SlowReading } from '../../modules/heartbeat/judge.js';
import type { QueueFacts } from './facts.js';

/**
 * How many jobs ended between two readings. By the counts; and by when the last ones ended, for a queue that keeps only so
 * many has as many as before. `since`: epoch ms, and the clocks of workers agree with it as well as they do.
 */
export function doneBetween(
  first: SlowReading | null,
  last: SlowReading | null,
  since: number,
): QueueFacts['done'] {
  if (first === null || last === null) return { completed: 0, failed: 0, more: false };
  const grown = (kind: 'completed' | 'failed') => Math.max(0, last.counts[kind] - first.counts[kind]);
  const ended = (kind: 'completed' | 'failed') => last.finishes[kind].filter((at) => at > since).length;
  const [completed, failed] = [grown('completed'), grown('failed')];
  return {
    completed: Math.max(completed, ended('completed')),
    failed: Math.max(failed, ended('failed')),
    more: completed < ended('completed') || failed < ended('failed'),
  };
}
