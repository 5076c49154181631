import type { Finding } from '../durability/durability.assess.js';
import type { RedisInfo } from '../durability/redis-info.policy.js';
import type { QueueLoss } from '../incarnation/queue-incarnation.service.js';
import type { RedisFailure } from '../../redis/index.js';
import type { QueueCode } from '../queue-code.js';

/** All that is known of the queue at one moment. */
export interface QueueCheckEvidence {
  /** Of the write canary; null when the write was taken. */
  readonly failure: RedisFailure | null;
  /** Of the last new connection; null when it worked. */
  readonly freshConnection: RedisFailure | null;
  readonly info: RedisInfo | null;
  readonly durability: readonly Finding[];
  /** Of the queues that are named, those whose data was lost. */
  readonly losses: readonly QueueLoss[];
  readonly primary: string;
  /** What else was found of it: slowness, withheld commands. */
  readonly others?: readonly Finding[];
}

export interface QueueVerdict {
  readonly code: QueueCode;
  readonly message: string;
  /** Everything else that is to be said. */
  readonly also: readonly Finding[];
}

/** What weighs more comes first; a write that was refused comes before all of these. */
const ORDER: readonly QueueCode[] = [
  'redis.read_only',
  'redis.aof_failing',
  'redis.snapshot_failing',
  'redis.eviction_policy',
  'redis.evicting',
  'queue.data_lost',
  'redis.persistence_off',
  'redis.credentials_rotated',
  'redis.new_connections_fail',
  'redis.slow',
  'redis.memory_exhausting',
  'redis.memory_high',
  'redis.replicas_gone',
  'redis.replica_lagging',
  'redis.aof_rewrite_failing',
  'redis.snapshots_only',
  'redis.fsync_off',
  'redis.durability_unknown',
  'redis.commands_withheld',
];

/** One verdict on the queue: can it take work now, will it keep it, is it still the same. */
export function queueVerdict(evidence: QueueCheckEvidence): QueueVerdict {
  const { failure, freshConnection, info, durability, losses, primary, others = [] } = evidence;
  const findings: Finding[] = [
    ...durability,
    ...others,
    ...losses.map((each) => lossFinding(each, primary)),
    // Only beside an open connection that works does a new one say anything of its own.
    ...(freshConnection === null || failure !== null ? [] : [freshConnectionFinding(freshConnection)]),
  ].sort((a, b) => rank(a.code) - rank(b.code));
  if (failure !== null) return { ...refusal(failure, info), also: findings };
  const [first, ...also] = findings;
  if (first === undefined) return { code: 'redis.healthy', message: 'Redis connection healthy', also: [] };
  return { ...first, also };
}

function rank(code: QueueCode): number {
  const at = ORDER.indexOf(code);
  return at === -1 ? ORDER.length : at;
}

function refusal(failure: RedisFailure, info: RedisInfo | null): Finding {
  if (failure.code === 'redis.loading') {
    const eta = info?.loadingEtaSeconds;
    const left = eta == null ? '' : ` (about ${eta} s left)`;
    return { code: failure.code, message: `Redis is loading its data${left}: ${failure.text}` };
  }
  return { code: failure.code, message: `Redis: ${failure.text}` };
}

function freshConnectionFinding({ code, text }: RedisFailure): Finding {
  if (code === 'redis.credentials_rejected') {
    const message = `A new connection to Redis is refused though the open one still works: ${text}`;
    return { code: 'redis.credentials_rotated', message };
  }
  const message = `Redis answers on the open connection, and a new one fails: ${text}`;
  return { code: 'redis.new_connections_fail', message };
}

function lossFinding({ queue, loss: { what, before, restarted } }: QueueLoss, primary: string): Finding {
  const how = {
    sentinel_gone: 'its sentinel is gone',
    sentinel_changed: 'its sentinel is another one',
    ids_went_back: `its job ids went back below ${before.highWater}`,
  }[what];
  const why =
    restarted === null ? '' : restarted ? ' (Redis was restarted)' : ' (Redis was emptied while it ran)';
  const [which, then] =
    queue === primary
      ? ['The queue', 'Unfinished executions are being put back.']
      : [`The queue ${queue}`, 'Whoever adds jobs to it has to add again what was in it.'];
  return { code: 'queue.data_lost', message: `${which} lost data: ${how}${why}. ${then}` };
}
