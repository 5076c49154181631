import type { Limits, QueueEvidence } from './evidence.js';
import { plural, seconds, type Verdict } from './verdict.js';
import { isAlive, isHealthy, type WorkerAssessment } from './workers.assess.js';

export const IN_ORDER: Verdict = {
  code: 'workers.in_order',
  message: 'Every worker beats in time and its clock is right.',
  details: {},
};

/** What is odd about single workers, whether or not others make up for it; most severe first. */
export function assessEachWorker(
  workers: readonly WorkerAssessment[],
  evidence: QueueEvidence,
  { workersMin }: Pick<Limits, 'workersMin'>,
): Verdict {
  return (
    skewVerdict(workers) ??
    neverRun(workers) ??
    lateVerdict(workers) ??
    tooFew(workers, evidence, workersMin) ??
    unreadVerdict(evidence.unread) ??
    IN_ORDER
  );
}

/** Busy, frozen or cut off: from outside it looks alike, and guessing would give the wrong advice. */
export function lateVerdict(workers: readonly WorkerAssessment[]): Verdict | null {
  const late = workers.filter((each) => each.late).sort((a, b) => b.ageMs - a.ageMs);
  const [first] = late.filter(isBusy).concat(late);
  if (first === undefined) return null;
  const { id, host, timeoutMs } = first.worker.heartbeat;
  const busy = isBusy(first);
  const advice = busy ? ' Do not restart it: its jobs would run twice.' : '';
  return {
    code: busy ? 'worker.late_with_jobs' : 'worker.late',
    message: `Worker ${id}${host === null ? '' : ` on ${host}`} has sent no heartbeat for ${seconds(first.ageMs)}, and one was due: it is busy, frozen or cut off from Redis. Its own /livez tells busy from frozen, the locks of its jobs tell whether they go on; after ${seconds(timeoutMs)} it counts as silent.${advice}`,
    details: {
      lateWorkers: late.map((each) => ({
        workerId: each.worker.heartbeat.id,
        ageMs: Math.round(each.ageMs),
        active: each.worker.heartbeat.activeCount,
      })),
    },
  };
}

const isBusy = (each: WorkerAssessment) => each.worker.heartbeat.activeCount > 0;

/** BullMQ runs delayed jobs by the clock of the worker; no restart sets a clock. */
export function skewVerdict(workers: readonly WorkerAssessment[]): Verdict | null {
  const off = skewed(workers);
  const [first] = off;
  if (first === undefined) return null;
  const behind = first.clockOffMs < 0;
  return {
    code: 'worker.clock_skewed',
    message: `${clockOf(first)}: delayed jobs run ${behind ? 'late' : 'early'} by as much. Set the clock of that host; a restart changes nothing.`,
    details: { skewedClocks: off.map(clockRow) },
  };
}

/** Of the workers that are alive, those whose clock is off; the worst first. */
export function skewed(workers: readonly WorkerAssessment[]): readonly WorkerAssessment[] {
  return workers
    .filter((each) => isAlive(each) && each.clockOffMs !== 0)
    .sort((a, b) => Math.abs(b.clockOffMs) - Math.abs(a.clockOffMs));
}

export function clockOf({ worker, clockOffMs }: WorkerAssessment): string {
  const { id, host } = worker.heartbeat;
  const where = host === null ? `worker ${id}` : `host ${host} (worker ${id})`;
  return `The clock of ${where} is ${seconds(Math.abs(clockOffMs))} ${clockOffMs < 0 ? 'behind' : 'ahead of'} that of Redis`;
}

export function clockRow({ worker }: WorkerAssessment): Readonly<Record<string, unknown>> {
  const { id, host, skewMs } = worker.heartbeat;
  return { workerId: id, host, skewMs };
}

function neverRun(workers: readonly WorkerAssessment[]): Verdict | null {
  const idle = workers.filter((each) => each.state === 'not_running');
  const [first] = idle;
  if (first === undefined || !workers.some(isHealthy)) return null;
  return {
    code: 'worker.some_not_running',
    message: `Worker ${first.worker.heartbeat.id} was made with autorun: false, and nobody has called run(); others go on.`,
    details: { notRunningWorkers: idle.map((each) => each.worker.heartbeat.id) },
  };
}

/** One is what the check `worker` asks for by itself. */
function tooFew(
  workers: readonly WorkerAssessment[],
  { queue, slow }: QueueEvidence,
  wanted: number,
): Verdict | null {
  // Where none sends heartbeats, those that are connected are counted; when these are not told, nothing can be.
  const connected = workers.length === 0 ? (slow?.connectedWorkers ?? wanted) : 0;
  const healthy = workers.filter(isHealthy).length + connected;
  if (wanted <= 1 || healthy >= wanted) return null;
  return {
    code: 'workers.too_few',
    message: `${plural(healthy, 'worker')} of queue ${queue} ${healthy === 1 ? 'takes' : 'take'} jobs, and WORKERS_MIN is ${wanted}.`,
    details: { healthy, workersMin: wanted },
  };
}

function unreadVerdict({ ids, unreadable }: QueueEvidence['unread']): Verdict | null {
  if (ids === 0 && unreadable.length === 0) return null;
  const told = [
    ids === 0 ? '' : `${ids} more ids are listed as workers than are looked at`,
    unreadable.length === 0
      ? ''
      : `${plural(unreadable.length, 'heartbeat')} cannot be read, such as that of ${unreadable[0]}: too long, malformed, or of a time to come`,
  ].filter((each) => each !== '');
  return {
    code: 'workers.unreadable',
    message: `${told.join('; ')}. Somebody else writes there.`,
    details: { idsNotRead: ids, unreadable: unreadable.slice(0, 10) },
  };
}
