import { plural, seconds, type Verdict } from './verdict.js';

/** Jobs that were completed while nobody had begun their executions, as the reconciler has noted them. */
export interface TakenJobs {
  /** Since it is counted. */
  readonly total: number;
  /** Ms since the last one was found. */
  readonly ageMs: number;
  readonly jobId: string;
}

/** A connection to Redis, as CLIENT LIST has it. */
export interface Connection {
  readonly name: string;
  readonly addr: string;
}

/** Jobs are found some seconds after they were taken, in one sweep or another. */
export const TAKEN_LATELY_MS = 60_000;
const NAMED = 5;

/** Workers of this deployment name their connections after the instance that they belong to. */
export function notOurs(
  connections: readonly Connection[],
  instances: readonly string[],
): readonly Connection[] {
  return connections.filter(({ name }) => !instances.some((id) => name.endsWith(`:w:${id}`)));
}

/** `foreign`: connections that are not ours; null when it cannot be told. */
export function assessForeign(
  taken: TakenJobs | null,
  foreign: readonly Connection[] | null,
): Verdict | null {
  if (taken === null || taken.ageMs > TAKEN_LATELY_MS) return null;
  const names = (foreign ?? []).slice(0, NAMED).map(({ name, addr }) => `${name} (${addr})`);
  const who =
    foreign === null
      ? 'CLIENT LIST cannot be asked for them'
      : names.length === 0
        ? 'none of their connections is open now'
        : `connections that are not ours: ${names.join(', ')}${foreign.length > NAMED ? ', ...' : ''}`;
  return {
    code: 'queue.foreign_consumer',
    message: `Somebody else takes jobs of the queue: ${plural(taken.total, 'job')} so far, the last one (${taken.jobId}) found ${seconds(taken.ageMs)} ago, completed while nobody had begun its execution; ${who}. Stop that worker, or use another Redis database or QUEUE_PREFIX.`,
    details: { takenJobs: taken.total, lastJob: taken.jobId, foreignConnections: foreign },
  };
}
