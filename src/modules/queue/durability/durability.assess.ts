import type { QueueCode } from '../queue-code.js';
import type { Finding } from './finding.js';
import { memoryHigh, memoryUse } from './memory.assess.js';
import type { RedisInfo } from './redis-info.policy.js';

export type { Finding } from './finding.js';

/** CONFIG GET, as far as it is asked about. */
export interface RedisConfig {
  /** Such as `3600 1 300 100`; empty when snapshots are off. */
  readonly save: string;
  readonly appendFsync: string;
}

export interface DurabilityEvidence {
  /** Null when Redis refused INFO. */
  readonly info: RedisInfo | null;
  /** Null when Redis refused CONFIG, or does not know it. */
  readonly config: RedisConfig | null;
  /** `evicted_keys` of the last look at the same life of Redis; null at the first. */
  readonly evictedBefore: number | null;
  /** The most replicas that were seen lately. */
  readonly replicasSeen: number;
}

export interface Durability {
  /** In no particular order; empty when all is well. */
  readonly findings: readonly Finding[];
  /** Null when it cannot be told. */
  readonly durable: boolean | null;
}

const LAG_LIMIT_SECONDS = 10;

/** Will Redis keep what it accepts? A verdict apart from whether it accepts anything now. */
export function assessDurability(evidence: DurabilityEvidence): Durability {
  const { info, config } = evidence;
  const unknown = info === null || config === null || info.aofEnabled === null;
  const findings = [
    ...(info === null ? [] : [...roleOf(info), ...savingOf(info, config), ...evictionOf(info, evidence)]),
    ...(info === null ? [] : [...memoryOf(info), ...replicasOf(info, evidence.replicasSeen)]),
    ...(info === null || config === null ? [] : persistenceOf(info, config)),
    ...(unknown ? [{ code: 'redis.durability_unknown' as const, message: whatIsHidden(info, config) }] : []),
  ];
  const broken = findings.some(({ code }) => NOT_DURABLE.has(code));
  return { findings, durable: broken ? false : unknown ? null : true };
}

const NOT_DURABLE: ReadonlySet<QueueCode> = new Set<QueueCode>([
  'redis.persistence_off',
  'redis.snapshot_failing',
  'redis.aof_failing',
  'redis.eviction_policy',
  'redis.evicting',
]);

function roleOf(info: RedisInfo): Finding[] {
  if (info.role !== 'slave' && info.role !== 'replica') return [];
  return [{ code: 'redis.read_only', message: 'Redis is a replica: what is written here is not kept.' }];
}

function savingOf(info: RedisInfo, config: RedisConfig | null): Finding[] {
  const findings: Finding[] = [];
  if (info.aofEnabled === true && info.aofLastWriteOk === false) {
    findings.push({
      code: 'redis.aof_failing',
      message: 'Redis cannot write its append-only file (disk full?).',
    });
  }
  // A failed save that nobody asked the server to make on its own says nothing of the queue.
  if (info.lastSaveOk === false && config?.save !== '') {
    const changes = info.changesSinceSave ?? 'an unknown number of';
    const message = `The last background save of Redis failed; ${changes} changes are not saved.`;
    findings.push({ code: 'redis.snapshot_failing', message });
  }
  if (info.aofEnabled === true && info.aofLastRewriteOk === false) {
    const message = 'The last rewrite of the append-only file failed; the file only grows.';
    findings.push({ code: 'redis.aof_rewrite_failing', message });
  }
  return findings;
}

function evictionOf(info: RedisInfo, { evictedBefore }: DurabilityEvidence): Finding[] {
  const findings: Finding[] = [];
  const policy = info.evictionPolicy;
  if (policy !== null && policy !== 'noeviction') {
    const drops = policy.startsWith('volatile-') ? 'the locks of running jobs' : 'jobs';
    const message = `maxmemory-policy is ${policy}, which drops ${drops} at the memory limit; set it to noeviction.`;
    findings.push({ code: 'redis.eviction_policy', message });
  }
  if (evictedBefore !== null && info.evictedKeys !== null && info.evictedKeys > evictedBefore) {
    const count = info.evictedKeys - evictedBefore;
    findings.push({ code: 'redis.evicting', message: `Redis evicted ${count} keys since the last look.` });
  }
  return findings;
}

function memoryOf(info: RedisInfo): Finding[] {
  const use = memoryUse(info);
  const high = use === null ? null : memoryHigh(use);
  return high === null ? [] : [high];
}

function replicasOf(info: RedisInfo, seen: number): Finding[] {
  const connected = info.connectedReplicas ?? info.replicas.length;
  if (connected === 0 && seen > 0) {
    const message = `None of the ${seen} replicas of Redis is connected any more; a failover would lose jobs.`;
    return [{ code: 'redis.replicas_gone', message }];
  }
  const behind = info.replicas.find(
    ({ state, lagSeconds }) => state !== 'online' || (lagSeconds ?? 0) >= LAG_LIMIT_SECONDS,
  );
  if (behind === undefined) return [];
  const how = behind.state === 'online' ? `lags by ${behind.lagSeconds} s` : `is ${behind.state}`;
  return [{ code: 'redis.replica_lagging', message: `The replica ${behind.address} ${how}.` }];
}

function persistenceOf(info: RedisInfo, config: RedisConfig): Finding[] {
  if (info.aofEnabled === true) {
    if (config.appendFsync !== 'no') return [];
    const message = 'appendfsync is no: a power cut loses up to half a minute of jobs; set it to everysec.';
    return [{ code: 'redis.fsync_off', message }];
  }
  if (info.aofEnabled === null) return [];
  if (config.save === '') {
    const message =
      'Redis has neither append-only file nor snapshots: a restart loses every job; set appendonly yes.';
    return [{ code: 'redis.persistence_off', message }];
  }
  return [
    { code: 'redis.snapshots_only', message: `Redis persists by snapshots only: ${atRisk(info, config)}.` },
  ];
}

function atRisk(info: RedisInfo, config: RedisConfig): string {
  const periods = config.save.split(/\s+/).filter((_, index) => index % 2 === 0);
  const longest = Math.max(0, ...periods.map(Number).filter(Number.isFinite));
  const worst = `a crash loses up to ${longest} s of jobs`;
  if (info.changesSinceSave === null) return worst;
  const age = info.lastSaveAt === null || info.serverTime === null ? null : info.serverTime - info.lastSaveAt;
  return `${worst}, now ${info.changesSinceSave} changes${age === null ? '' : ` of the last ${Math.max(0, age)} s`}`;
}

function whatIsHidden(info: RedisInfo | null, config: RedisConfig | null): string {
  const hidden = [info === null ? 'INFO' : null, config === null ? 'CONFIG' : null].filter(
    (each) => each !== null,
  );
  const what = hidden.length === 0 ? 'its persistence' : hidden.join(' and ');
  return `Redis does not show ${what}: whether it keeps what it accepts cannot be told.`;
}
