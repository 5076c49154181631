import { runbookOf } from '../../modules/health/observe.js';
import { depthOf, limitInWords, limitOf, oldestAge } from '../../modules/heartbeat/judge.js';
import { adviceOn } from './advice.policy.js';
import type { LookFacts, QueueFacts } from './facts.js';
import type { JudgedQueue, Judgment, LookFinding } from './judge.assess.js';
import { notSeen } from './not-seen.policy.js';
import { workersOf } from './queues.view.js';
import { titleOf } from './screen.view.js';

/** Raised when a field is taken away or means something else; new ones may come at any time. */
const FORM = 1;

/** The same as the screen, whole, for machines. Ages and times are ms, sizes bytes; null is what is not known. */
export function lookJson(facts: LookFacts, judgment: Judgment): Readonly<Record<string, unknown>> {
  const { redis, search } = facts;
  const { info, config } = redis;
  return {
    look: FORM,
    at: new Date(facts.at).toISOString(),
    watchedMs: facts.watchedMs,
    status: facts.queues.length === 0 ? 'unknown' : judgment.status,
    title: titleOf(facts, judgment),
    redis: {
      address: redis.address,
      ofCluster: redis.ofCluster ?? null,
      status: judgment.redis.status,
      code: judgment.redis.verdict.code,
      version: info?.version ?? null,
      role: info?.role ?? null,
      appendOnlyFile: info?.aofEnabled ?? null,
      snapshots: config?.save ?? null,
      lastSaveAt: info?.lastSaveAt == null ? null : new Date(info.lastSaveAt * 1000).toISOString(),
      changesSinceSave: info?.changesSinceSave ?? null,
      usedMemory: info?.usedMemory ?? null,
      maxMemory: info?.maxMemory ?? null,
      full: redis.full,
      evictionPolicy: info?.evictionPolicy ?? null,
      evictedKeys: info?.evictedKeys ?? null,
      replicas: info === null ? null : (info.connectedReplicas ?? info.replicas.length),
      latencyMs: Math.round(Math.max(0, ...redis.tookMs)),
    },
    queues: judgment.queues.map(queueJson),
    findings: judgment.findings.map(findingJson),
    notSeen: notSeen(facts.withheld),
    search,
    commandsSent: facts.sent,
  };
}

function queueJson({ facts, status, code }: JudgedQueue): Readonly<Record<string, unknown>> {
  const { evidence, done, overMs, drained } = facts;
  const { slow, outcomes, traces } = evidence;
  const limit = limitOf(evidence);
  return {
    prefix: facts.prefix,
    name: facts.name,
    status,
    code,
    waiting: slow === null ? null : depthOf(evidence),
    oldestMs: oldestAge(evidence),
    oldestIsOfSample: slow?.waiting.sample ?? null,
    active: slow?.counts.active ?? null,
    delayed: slow?.counts.delayed ?? null,
    failed: slow?.counts.failed ?? null,
    completed: slow?.counts.completed ?? null,
    paused: slow?.counts.paused ?? null,
    limit: limit === null ? null : limitInWords(limit),
    workers: workersOf(facts),
    workersWithHeartbeats: evidence.workers.length,
    done: { completed: done.completed, failed: done.failed, atLeast: done.more, overMs },
    drained,
    lastJobs: { finished: outcomes.finished, failed: outcomes.failed, by: outcomes.by },
    lastFailed: facts.lastFailed,
    jobsLastMovedAt: iso(traces.movedAt),
    stalledCheckLeftMs: slow?.stalledCheckLeftMs ?? null,
    deadSchedulers: slow?.deadSchedulers ?? null,
    orphanedParents: slow?.orphanedParents.ids ?? null,
    refused: facts.refused,
  };
}

function findingJson(finding: LookFinding): Readonly<Record<string, unknown>> {
  const { status, code, queue, message } = finding;
  const { fix, command, restart } = adviceOn(code, queue);
  return { status, code, queue: nameOf(queue), message, fix, command, restart, runbook: runbookOf(code) };
}

const nameOf = (queue: QueueFacts | null) => queue && { prefix: queue.prefix, name: queue.name };

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
