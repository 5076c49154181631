import { hostname } from 'node:os';

/**
 * What a worker is called that nobody has given a name; the second one of a process has `-2` behind it.
 *
 * @example
 * ```ts
 * import { hostname } from 'node:os';
 * import { defaultWorkerId } from '@probity/worker';
 *
 * defaultWorkerId(); // → `${hostname()}-${process.pid}`
 * ```
 */
export function defaultWorkerId(): string {
  return `${hostname()}-${process.pid}`;
}
