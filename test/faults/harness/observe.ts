import type { Probity, Reply } from '../../fixtures/probity.js';
import { OPERATOR } from '../../fixtures/platform.js';
import type { Asked, Fault, Status, Verdict } from './fault.js';
import type { Stack } from './stack.js';

/** What all endpoints said at one moment. */
export interface Sight {
  readonly readyz: Reply;
  readonly ready: Reply;
  readonly heartbeat: Reply;
  readonly health: Reply;
  readonly livez: Readonly<Record<Asked, number | null>>;
}

interface CheckAnswer {
  readonly status: Status;
  readonly code: string;
  readonly message: string;
  readonly restart?: string;
  readonly restartTarget?: string;
  readonly because?: string;
}

/** Of the processes of the test, on a machine that they share with it: not part of any fault. */
const OWN_LOAD = ['event-loop', 'memory'];

export async function look(stack: Stack): Promise<Sight> {
  const ask = (path: string) => stack.api.get(path, OPERATOR);
  const [readyz, ready, heartbeat, health, api, worker] = await Promise.all([
    ask('/readyz'),
    ask('/api/production/ready'),
    ask('/api/production/queue/heartbeat'),
    ask('/api/production/health'),
    livez(stack.api),
    stack.worker === undefined || stack.worker.process.hasExited() ? null : livez(stack.worker),
  ]);
  return { readyz, ready, heartbeat, health, livez: { api, worker } };
}

async function livez(of: Probity): Promise<number | null> {
  try {
    const response = await fetch(`${of.url}/livez`, { signal: AbortSignal.timeout(300) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}

/** How a sight differs from the verdict; empty when every endpoint says what it should. */
export function differences(sight: Sight, verdict: Verdict, fault: Fault): string[] {
  const { readyz, ready, heartbeat, health } = sight;
  const found: string[] = [];
  const hold = (what: string, seen: unknown, wanted: unknown) => {
    if (seen !== wanted) found.push(`${what} is ${String(seen)}, not ${String(wanted)}`);
  };
  const ok = verdict.ready ? 200 : 503;
  hold('/readyz', readyz.status, ok);
  hold('/readyz ready', readyz.json.ready, verdict.ready);
  hold('/api/production/ready', ready.status, ok);
  hold('/api/production/ready ready', ready.json.ready, verdict.ready);
  if (!verdict.ready) hold('its error', typeof ready.json.error, 'string');
  if (verdict.heartbeat !== null) {
    hold('heartbeat', heartbeat.json.status.status, verdict.heartbeat);
    hold('heartbeat answers', heartbeat.status, verdict.heartbeat === 'pass' ? 200 : 503);
  }
  const beat = verdict.heartbeatCode ?? (verdict.check === 'worker' ? verdict.code : undefined);
  if (beat !== undefined) hold('heartbeat code', heartbeat.json.status.code, beat);
  if (verdict.because !== undefined)
    hold('heartbeat because', heartbeat.json.status.because, verdict.because);
  hold('/api/production/health', healthOf(sight), verdict.health);
  hold('health answers', health.status, verdict.health === 'fail' ? 503 : 200);
  found.push(...namedBy(sight, verdict));
  found.push(...livenessOf(sight, fault));
  return found;
}

/** What the check says that has to name the fault. */
export function named(sight: Sight, check: string): CheckAnswer | undefined {
  const { dependencies, ...checks } = sight.health.json.checks as Record<string, CheckAnswer | undefined> & {
    dependencies?: { details?: Record<string, CheckAnswer | undefined> };
  };
  return checks[check] ?? dependencies?.details?.[check];
}

function namedBy(sight: Sight, verdict: Verdict): string[] {
  const answer = named(sight, verdict.check);
  if (answer === undefined) return [`no check ${verdict.check}`];
  const found: string[] = [];
  if (answer.code !== verdict.code) found.push(`${verdict.check} says ${answer.code}, not ${verdict.code}`);
  if (answer.restart !== verdict.restart)
    found.push(`a restart is said to be ${answer.restart ?? 'nothing'}, not ${verdict.restart}`);
  if (answer.restartTarget !== verdict.target)
    found.push(`its target is ${answer.restartTarget ?? 'nobody'}, not ${verdict.target}`);
  if (answer.because !== undefined) found.push(`it blames ${answer.because}`);
  if (verdict.says !== undefined && !verdict.says.test(answer.message))
    found.push(`"${answer.message}" does not say ${String(verdict.says)}`);
  return found;
}

function livenessOf({ livez }: Sight, fault: Fault): string[] {
  return (['api', 'worker'] as const).flatMap((process) => {
    const seen = livez[process];
    if (seen === null || fault.mute?.includes(process)) return [];
    const wanted = fault.vetoes === process ? 503 : 200;
    return seen === wanted ? [] : [`/livez of the ${process} is ${seen}, not ${wanted}`];
  });
}

/** The status of the health endpoint, but for what the load of the tests alone does to it. */
function healthOf({ health }: Sight): string {
  const words: Record<string, Status> = { healthy: 'pass', degraded: 'warn', unhealthy: 'fail' };
  const status = words[health.json.status as string] ?? 'unknown';
  const troubled = Object.entries(health.json.checks as Record<string, CheckAnswer>)
    .filter(([, check]) => check.status === status && status !== 'pass')
    .map(([key]) => key);
  const onlyOwn = troubled.length > 0 && troubled.every((key) => OWN_LOAD.includes(key));
  return onlyOwn && status === 'warn' ? 'pass' : status;
}

/** What keeps a stack from being well; empty when it is. */
export function troubles(sight: Sight, fault: Fault): string[] {
  const { readyz, ready, heartbeat } = sight;
  const found: string[] = [];
  if (readyz.status !== 200) found.push(`/readyz: ${readyz.text}`);
  if (ready.status !== 200) found.push(`/api/production/ready: ${ready.text}`);
  const hasWorker = fault.given?.consumer !== 'none';
  if (hasWorker && heartbeat.status !== 200)
    found.push(`heartbeat: ${JSON.stringify(heartbeat.json.status)}`);
  // It has begun, and its connection was seen before its first heartbeat.
  if (hasWorker && heartbeat.json.status.code === 'worker.observed') found.push('heartbeat: none has come');
  const checks = Object.entries(sight.health.json.checks as Record<string, CheckAnswer>);
  for (const [key, check] of checks) {
    if (check.status === 'pass' || OWN_LOAD.includes(key) || (!hasWorker && key === 'worker')) continue;
    found.push(`${key}: ${check.code} ${check.message}`);
  }
  for (const [process, status] of Object.entries(sight.livez))
    if (status !== null && status !== 200) found.push(`/livez of the ${process} is ${status}`);
  return found;
}
