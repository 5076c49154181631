import type { QueueProblem } from './queue.options.js';

/** For operators: which settings leave the queue without an address, and how to write them. */
export function whyUnusable(problems: readonly QueueProblem[]): string {
  const each = problems.map(({ message }) => message).join('; ');
  return `The queue is not configured, and nothing is used instead: ${each}`;
}
