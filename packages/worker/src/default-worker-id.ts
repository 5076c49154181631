import { hostname } from 'node:os';

/**
 * What a worker is called that nobody has given a name; the second one of a process has `-2` behind it.
 *
 * @example
 * instrumentWorker(worker, { workerId: `${defaultWorkerId()}-emails` });
 */
export function defaultWorkerId(): string {
  return `${hostname()}-${process.pid}`;
}
