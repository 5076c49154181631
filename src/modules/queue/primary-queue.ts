import type { QueueOptions } from './queue.options.js';

/** The queue of executions: the first that is named. */
export function primaryQueue({ names: [first = 'execution'] }: Pick<QueueOptions, 'names'>): string {
  return first;
}
