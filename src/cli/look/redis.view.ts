import { inWords, timeInWords } from '../../modules/forecast/index.js';
import { shown } from '../../modules/kernel/index.js';
import type { Status } from '../../modules/health/observe.js';
import type { RedisInfo } from '../../modules/queue/judge.js';
import { bytesInWords, fitted, grouped } from '../terminal/layout.policy.js';
import { MARK } from '../terminal/paint.js';
import type { LookFacts, RedisFacts } from './facts.js';
import type { Judgment } from './judge.assess.js';
import type { Page } from './page.js';

/** Will it keep jobs: persistence, eviction, memory and where it goes, replicas. */
export function redisLines(
  { redis: facts }: LookFacts,
  { findings }: Judgment,
  { width, paint }: Page,
): readonly string[] {
  const { info } = facts;
  const title = paint.bold('REDIS');
  const cluster = facts.ofCluster === undefined ? '' : `, of a Cluster of ${facts.ofCluster}`;
  const where = `${shown(facts.address)}${cluster}`;
  if (info === null) return [`${title}  ${where}`, '? it does not say how it is: INFO is refused'];
  const statusOf = (...codes: readonly string[]): Status =>
    findings.find((each) => each.queue === null && codes.includes(each.code))?.status ?? 'pass';
  const slow = Math.max(0, ...facts.tookMs);
  const rows: readonly (readonly [Status, string, string])[] = [
    [statusOf(...DISK), 'on disk', onDisk(facts, info)],
    [statusOf('redis.eviction_policy', 'redis.evicting', 'redis.memory_high'), 'memory', memory(facts, info)],
    ...(isAlone(info)
      ? []
      : [
          [
            statusOf('redis.read_only', 'redis.replicas_gone', 'redis.replica_lagging'),
            'replicas',
            replicas(info),
          ] as const,
        ]),
  ];
  return [
    `${title}  ${fitted(`${where} · ${info.version === null ? 'version not told' : shown(info.version)}${isAlone(info) ? ', no replica' : ''}, answers in ${Math.ceil(slow)} ms`, width - 7)}`,
    ...rows.map(([status, name, text]) => {
      const mark = `${MARK[status]} `;
      return `${paint.status[status](mark)}${name.padEnd(9)} ${fitted(text, width - 12)}`;
    }),
  ];
}

const DISK = [
  'redis.persistence_off',
  'redis.snapshots_only',
  'redis.fsync_off',
  'redis.aof_failing',
  'redis.snapshot_failing',
  'redis.aof_rewrite_failing',
  'redis.durability_unknown',
];

function onDisk({ config }: RedisFacts, info: RedisInfo): string {
  const fsync = config === null ? '' : `, fsync ${shown(config.appendFsync)}`;
  const aof =
    info.aofEnabled === null ? null : info.aofEnabled ? `append-only file${fsync}` : 'no append-only file';
  const snapshots =
    config === null
      ? 'snapshots not known'
      : config.save === ''
        ? 'no snapshots'
        : `snapshots (${shown(config.save)})`;
  const age = info.lastSaveAt === null || info.serverTime === null ? null : info.serverTime - info.lastSaveAt;
  const saved = age === null ? '' : `last save ${timeInWords(Math.max(0, age) * 1000)} ago`;
  // With a file that has every change, what the snapshots lack is no matter.
  if (info.aofEnabled === true && config?.save === '') return `append-only file${fsync}, no snapshots`;
  const changed = info.changesSinceSave === null ? '' : `${grouped(info.changesSinceSave)} changes since`;
  return [aof ?? 'append-only file not known', snapshots, [saved, changed].filter(Boolean).join(', ')]
    .filter(Boolean)
    .join(' · ');
}

function memory({ full }: RedisFacts, info: RedisInfo): string {
  const { usedMemory, maxMemory, systemMemory, evictionPolicy, evictedKeys, notCountedMemory } = info;
  const policy = `${evictionPolicy === null ? 'eviction not known' : shown(evictionPolicy)} at the limit`;
  const evicted =
    evictedKeys === null || evictedKeys === 0 ? '' : `${grouped(evictedKeys)} keys evicted so far`;
  if (usedMemory === null) return [policy, evicted].filter(Boolean).join(' · ');
  if (maxMemory === null || maxMemory === 0) {
    const machine = systemMemory === null ? '' : ` of a machine with ${bytesInWords(systemMemory)}`;
    return [`${bytesInWords(usedMemory)} used, no limit${machine}`, policy, evicted]
      .filter(Boolean)
      .join(' · ');
  }
  const counted = usedMemory - notCountedMemory;
  const share = `${Math.round((100 * counted) / maxMemory)} % of ${bytesInWords(maxMemory)}`;
  return [share, policy, fullInWords(full), evicted].filter(Boolean).join(' · ');
}

/** When it is full, as far as so short a look can tell; nothing where it tells nothing. */
function fullInWords(full: RedisFacts['full']): string {
  switch (full?.kind) {
    case undefined:
    case 'too_short':
      return '';
    case 'steady':
    case 'away':
      return 'not growing now';
    case 'reached':
      return 'full';
    case 'reaches':
      return `full ${inWords(full)}`;
  }
}

/** A primary that has no replica has no row of its own. */
function isAlone({ role, replicas: all, connectedReplicas }: RedisInfo): boolean {
  return role === 'master' && (connectedReplicas ?? all.length) === 0;
}

function replicas(info: RedisInfo): string {
  const { role, replicas: all, connectedReplicas } = info;
  const count = connectedReplicas ?? all.length;
  const isReplica = role === 'slave' || role === 'replica';
  const behind = all.filter(({ state }) => state !== 'online').length;
  return [
    isReplica ? 'this is a replica' : 'this is the primary',
    count === 0
      ? 'no replica'
      : `${count} replica${count === 1 ? '' : 's'}${behind === 0 ? '' : `, ${behind} not in step`}`,
  ].join(' · ');
}
