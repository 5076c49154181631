import type { Settings } from '../config/index.js';

/** The queue of executions: the first that is named. */
export function primaryQueue({ QUEUE_NAMES: [first = 'execution'] }: Pick<Settings, 'QUEUE_NAMES'>): string {
  return first;
}
