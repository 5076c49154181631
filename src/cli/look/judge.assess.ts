import {
  assessEachWorker,
  assessJobs,
  assessLeases,
  assessQueue,
  assessWorkers,
  type Limits,
  type Verdict,
} from '../../modules/heartbeat/judge.js';
import { codeDefinition, severity, worst, type Code, type Status } from '../../modules/health/observe.js';
import { assessDurability, queueVerdict, type QueueVerdict } from '../../modules/queue/judge.js';
import type { LookFacts, QueueFacts, RedisFacts } from './facts.js';
import { ownWords } from './own-words.policy.js';

/** One thing that is wrong, or soon will be. */
export interface LookFinding {
  readonly status: Exclude<Status, 'pass'>;
  readonly code: Code;
  /** Null for what is said of Redis. */
  readonly queue: QueueFacts | null;
  readonly message: string;
}

export interface JudgedQueue {
  readonly facts: QueueFacts;
  readonly status: Status;
  /** Of the worst finding, else of what is well. */
  readonly code: Code;
  readonly findings: readonly LookFinding[];
}

export interface Judgment {
  readonly status: Status;
  readonly redis: { readonly status: Status; readonly verdict: QueueVerdict };
  /** The worst first, then by name. */
  readonly queues: readonly JudgedQueue[];
  /** Of all, the worst first. */
  readonly findings: readonly LookFinding[];
}

/**
 * The limits of the service, as far as ten seconds go: an idle queue needs no worker, and a job that nobody takes for most
 * of the look while none is active is taken by nobody.
 */
function limitsFor(forMs: number): Limits {
  return {
    timeoutMs: 4000,
    wedgedAfterMs: Math.max(3000, 0.7 * forMs),
    backlogWarn: 1000,
    maxWaitMs: 60_000,
    jobStuckAfterMs: 900_000,
    workersMin: 0,
  };
}
/** A scheduler whose next run is past by so much, and has no job, runs no more. */
const SCHEDULER_LATE_MS = 5000;

/** What breaks now comes before what somebody has set up wrong, and that before what somebody wants so. */
const KINDS = ['incident', 'setup', 'planned'];

export function judge(facts: LookFacts): Judgment {
  const redis = judgeRedis(facts.redis);
  const queues = facts.queues
    .map((each) => judgeQueue(each, facts.watchedMs))
    .sort(
      (a, b) =>
        severity(b.status) - severity(a.status) ||
        kindOf(a.code) - kindOf(b.code) ||
        byName(a.facts, b.facts),
    );
  const findings = [...redis.findings, ...queues.flatMap((each) => each.findings)].sort(
    (a, b) => severity(b.status) - severity(a.status) || kindOf(a.code) - kindOf(b.code),
  );
  return { status: worst(findings.map(({ status }) => status)), redis, queues, findings };
}

/** Of the primaries of a Cluster the one of which most is to be told, and how many there are; else the only one. */
export function worstServer(servers: readonly RedisFacts[]): RedisFacts {
  // What fails, and then of how much there is to tell.
  const weight = (facts: RedisFacts) => {
    const { status, findings } = judgeRedis(facts);
    return 100 * severity(status) + findings.length;
  };
  const found = servers.reduce((worst, each) => (weight(each) > weight(worst) ? each : worst));
  return servers.length === 1 ? found : { ...found, ofCluster: servers.length };
}

function judgeRedis(facts: RedisFacts): Judgment['redis'] & { readonly findings: readonly LookFinding[] } {
  const { info, config, evictedBefore } = facts;
  const { findings } = assessDurability({ info, config, evictedBefore, replicasSeen: 0 });
  const verdict = queueVerdict({
    failure: null,
    freshConnection: null,
    info,
    durability: findings,
    losses: [],
    primary: '',
  });
  const all = verdict.code === 'redis.healthy' ? [] : [verdict, ...verdict.also];
  const told = all.flatMap(({ code, message }) => finding({ code, message, details: {} }, null) ?? []);
  return { status: worst(told.map(({ status }) => status)), verdict, findings: told };
}

export function judgeQueue(facts: QueueFacts, forMs: number): JudgedQueue {
  const limits = limitsFor(forMs);
  const { evidence, refused } = facts;
  if (refused !== null || evidence.slow === null) {
    const why = refused ?? 'Redis has not answered';
    const code = why.startsWith('NOPERM') ? 'redis.not_permitted' : 'worker.unknown';
    return judged(facts, [{ code, message: `It cannot be read: ${why}`, details: {} }]);
  }
  const workers = assessWorkers(evidence, limits);
  const leases = assessLeases(evidence, workers, limits.timeoutMs);
  const queue = assessQueue({ evidence, limits, workers, leases, conflicts: [], canaryLostForMs: null });
  return judged(facts, [
    queue,
    assessJobs(evidence, { ...limits, maxWaitMs: SCHEDULER_LATE_MS }),
    ...(workers.length === 0 ? [] : [assessEachWorker(workers, evidence, limits)]),
    ...(evidence.slow?.counts.paused === true ? [paused(evidence.queue)] : []),
  ]);
}

/** Said beside whatever else is wrong with it, for it explains much. */
function paused(queue: string): Verdict {
  return { code: 'queue.paused', message: `Queue ${queue} is paused.`, details: {} };
}

function judged(facts: QueueFacts, verdicts: readonly [Verdict, ...Verdict[]]): JudgedQueue {
  const findings = new Map<Code, LookFinding>();
  for (const verdict of verdicts) {
    const found = finding(verdict, facts);
    if (found !== null && !findings.has(found.code)) findings.set(found.code, found);
  }
  const sorted = [...findings.values()].sort((a, b) => severity(b.status) - severity(a.status));
  return {
    facts,
    status: sorted[0]?.status ?? 'pass',
    code: sorted[0]?.code ?? verdicts[0].code,
    findings: sorted,
  };
}

function finding(verdict: Verdict, queue: QueueFacts | null): LookFinding | null {
  const { status } = codeDefinition(verdict.code);
  if (status === 'pass') return null;
  return { status, code: verdict.code, queue, message: ownWords(verdict, queue) ?? verdict.message };
}

function kindOf(code: Code): number {
  const definition = codeDefinition(code);
  return definition.status === 'pass' ? KINDS.length : KINDS.indexOf(definition.kind);
}

function byName(a: QueueFacts, b: QueueFacts): number {
  return a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : a.name < b.name ? -1 : 1;
}
