import { wedgedForMs } from '../wedge.policy.js';
import { depthOf, limitOf } from './depth.js';
import type { QueueEvidence } from './evidence.js';
import type { QueueCase } from './queue-case.js';
import { lastTraceAt, type Traces } from './traces.state.js';
import { plural, seconds, type Verdict } from './verdict.js';

/** BullMQ rewrites its stalled-check every half minute by default: one time may be missed. */
const FRESH_MS = 65_000;
/** The list of connections is looked at every two seconds: so much holds two looks. */
const GONE_MS = 3000;
/** BullMQ waits up to 20 s before it tries to connect again. */
const RECONNECT_MS = 25_000;
/** What moved before the connections went may be seen so much later. */
const SEEN_WITHIN_MS = 6000;

type Trace = 'connections' | 'stalled-check' | 'moves';

/**
 * A queue of which no worker has ever sent a heartbeat: why nobody takes its jobs, as far as BullMQ's own traces tell.
 * Null when somebody does.
 */
export function observed(given: QueueCase): Verdict | null {
  const { evidence } = given;
  const lastAt = lastTraceAt(evidence.traces);
  if (lastAt === null) {
    return {
      code: 'worker.not_started',
      message: 'Execution worker has not been started. Queue processing is offline.',
      details: {},
    };
  }
  return lostByName(evidence) ?? lostByTraces(evidence, lastAt) ?? wedged(given);
}

/** Which traces are fresh. */
export function freshTraces({ slow, traces, now }: QueueEvidence): readonly Trace[] {
  const fresh = (at: number | null, withinMs: number) => at !== null && now - at < withinMs;
  return [
    ...((slow?.connectedWorkers ?? 0) > 0 ? (['connections'] as const) : []),
    ...(fresh(traces.renewedAt, freshForMs(traces)) ? (['stalled-check'] as const) : []),
    ...(fresh(traces.movedAt, FRESH_MS) ? (['moves'] as const) : []),
  ];
}

/** Whether workers are there, or may be: the list of connections does not say that those of before are gone. */
export function tracesOfWorkers(evidence: QueueEvidence): boolean {
  return !namesAreGone(evidence) && freshTraces(evidence).length > 0;
}

function freshForMs({ renewedForMs }: Traces): number {
  return Math.max(FRESH_MS, 2 * (renewedForMs ?? 0) + 5000);
}

/** They were seen by name and no longer are, and nothing that was seen since speaks against it. */
function namesAreGone({ traces }: QueueEvidence): boolean {
  const { absentSince, movedAt, renewedAt } = traces;
  if (absentSince === null) return false;
  return Math.max(movedAt ?? 0, renewedAt ?? 0) <= absentSince + SEEN_WITHIN_MS;
}

function lostByName(evidence: QueueEvidence): Verdict | null {
  const { now, traces, redisBackAt } = evidence;
  const { absentSince, connectedAt } = traces;
  if (absentSince === null || connectedAt === null || !namesAreGone(evidence)) return null;
  if (now - absentSince < GONE_MS || (redisBackAt !== null && now - redisBackAt < RECONNECT_MS)) return null;
  return {
    code: 'worker.lost',
    message: `Workers without heartbeats were connected until ${seconds(now - connectedAt)} ago and are gone. Whether they were stopped or killed cannot be told without heartbeats. Queue processing is offline.`,
    details: { ...detailsOf(evidence), lastSeenConnectedAgeMs: now - connectedAt },
  };
}

/** Their connections bear no names, or may not be listed: what they leave behind in Redis is all that tells. */
function lostByTraces(evidence: QueueEvidence, lastAt: number): Verdict | null {
  const { now, traces } = evidence;
  if (namesAreGone(evidence) || freshTraces(evidence).length > 0) return null;
  // The list may have been withheld only a moment ago.
  if (now - lastAt < freshForMs(traces)) return null;
  return {
    code: 'worker.lost',
    message: `Workers without heartbeats left their last trace ${seconds(now - lastAt)} ago. They are gone or paused, as far as BullMQ's stalled check tells, which is renewed every ${seconds(traces.renewedForMs ?? 30_000)}; their connections cannot be seen. Queue processing is offline.`,
    details: detailsOf(evidence),
  };
}

/** A job that is next in line for long, while none is active: more is not to be seen from outside. */
function wedged({ evidence, limits }: QueueCase): Verdict | null {
  const { now, slow, headSince, redisBackAt } = evidence;
  const idle = (slow?.activeIds.length ?? 0) === 0;
  const forMs = wedgedForMs(
    {
      takesJobs: true,
      idleWhileWaitingMs: idle && headSince !== null ? now - headSince : null,
      limit: limitOf(evidence),
      redisBackForMs: redisBackAt === null ? null : now - redisBackAt,
    },
    limits.wedgedAfterMs,
  );
  if (forMs === 0) return null;
  const connected = slow?.connectedWorkers ?? 0;
  const who =
    connected > 0
      ? `${plural(connected, 'worker')} without heartbeats ${connected === 1 ? 'is' : 'are'} connected and ${connected === 1 ? 'takes' : 'take'} no jobs`
      : "Workers without heartbeats, of which only BullMQ's own traces tell, take no jobs";
  return {
    code: 'worker.wedged',
    message: `${who}: the next job has waited for ${seconds(forMs)} and none is active. Whether they hang or somebody called worker.pause() cannot be told without heartbeats.`,
    details: { ...detailsOf(evidence), wedgedForMs: Math.round(forMs) },
  };
}

const NOT_KNOWN = [
  'Whether each worker is alive: a frozen one stays connected.',
  'Whether a worker that leaves was stopped or killed.',
  'Whether the jobs that run make progress, and which worker runs them.',
  'How many slots are free, and whether a worker was paused by worker.pause().',
];

/** Somebody works the queue off, and nothing is overdue. */
export function observedVerdict({ evidence }: QueueCase): Verdict {
  const { slow, traces, now } = evidence;
  const depth = depthOf(evidence);
  const told = [
    slow?.connectedWorkers ? `${slow.connectedWorkers} connected` : 'connections not seen',
    traces.movedAt === null
      ? traces.renewedAt === null
        ? 'no job seen to move so far'
        : `stalled check renewed ${seconds(now - traces.renewedAt)} ago`
      : `jobs last moved ${seconds(now - traces.movedAt)} ago`,
    ...(depth === 0 ? [] : [`${plural(depth, 'job')} waiting, ${slow?.counts.active ?? 0} active`]),
    'nothing overdue',
  ];
  return {
    code: 'worker.observed',
    message: `The queue is worked off by workers that send no heartbeats, as far as BullMQ's own traces tell: ${told.join(', ')}. Give them to instrumentWorker() to know more.`,
    details: { ...detailsOf(evidence), by: freshTraces(evidence), notKnown: NOT_KNOWN },
  };
}

function detailsOf({ slow, traces }: QueueEvidence): Readonly<Record<string, unknown>> {
  const lastAt = lastTraceAt(traces);
  return {
    connectedWorkers: slow?.connectedWorkers ?? null,
    lastTraceAt: lastAt === null ? null : new Date(lastAt).toISOString(),
  };
}
