/** What the api said of its queue. */
export interface QueueVerdict {
  /** `checks.queue` of `/api/production/ready`; null when the api did not answer. */
  readonly open: boolean | null;
  /** Of `/readyz/queue`, asked at the same moment or a little later; null when it did not answer. */
  readonly status: string | null;
  readonly code: string | null;
  readonly message: string;
}

export type GateDecision =
  | { readonly kind: 'open' }
  | { readonly kind: 'wait'; readonly why: string }
  /** `code` names the section of the runbook. */
  | { readonly kind: 'abort'; readonly code: string; readonly reason: string; readonly fix: string };

/** How long a reason may last that often passes by itself, in ms. What is not named here is final at once. */
const PASSES_WITHIN_MS: Readonly<Record<string, number>> = {
  'check.pending': 10_000,
  'check.stale': 10_000,
  'check.timeout': 10_000,
  'process.starting': 10_000,
  'redis.timeout': 10_000,
  'redis.writes_paused': 10_000,
  'redis.busy': 10_000,
  'redis.cluster_down': 10_000,
  'redis.master_down': 10_000,
  // The reconciler puts back what a Redis that lost its data should have.
  'queue.data_lost': 60_000,
  'redis.loading': 300_000,
};
/** A Redis of ours is brought back by its supervisor; one of somebody else is not, and nobody waits for it. */
const OURS_COMES_BACK_WITHIN_MS: Readonly<Record<string, number>> = {
  'redis.unreachable': 15_000,
  'redis.connect_timeout': 15_000,
};
const NO_ANSWER_WITHIN_MS = 30_000;

/** Whether the stack goes on behind the queue's gate. `waitedMs` counts from the first question. */
export function decideGate(verdict: QueueVerdict, waitedMs: number, ownRedis: boolean): GateDecision {
  if (verdict.open === true) return { kind: 'open' };
  if (verdict.open === null || verdict.code === null) {
    if (waitedMs < NO_ANSWER_WITHIN_MS) return { kind: 'wait', why: 'the api does not answer yet' };
    return {
      kind: 'abort',
      code: 'check.timeout',
      reason: `the api did not say within ${NO_ANSWER_WITHIN_MS / 1000} s how its queue is: ${verdict.message}`,
      fix: 'Look at its log, .data/logs/api.log.',
    };
  }
  const { code, message, status } = verdict;
  // Between the two questions the check turned: the next look shows it.
  const passesWithin = status === 'fail' ? patienceWith(code, ownRedis) : 10_000;
  if (waitedMs < passesWithin) return { kind: 'wait', why: `${code}: ${message}` };
  return {
    kind: 'abort',
    code,
    reason: `the queue is not durable: ${message} (${code})`,
    fix: fixOf(code, ownRedis),
  };
}

function patienceWith(code: string, ownRedis: boolean): number {
  return PASSES_WITHIN_MS[code] ?? (ownRedis ? OURS_COMES_BACK_WITHIN_MS[code] : undefined) ?? 0;
}

/** What to do about a queue that is not ready for this reason. */
export function fixOf(code: string, ownRedis: boolean): string {
  const cli = 'redis-cli -u "$REDIS_URL"';
  const orOurs = 'or unset REDIS_URL (and QUEUE_REDIS_*): dev:stack then brings a Redis of its own';
  const fixes: Readonly<Record<string, string>> = {
    'queue.inmemory':
      'Remove QUEUE_DRIVER=inmemory from the environment and .env, or set QUEUE_DRIVER=bullmq.',
    'redis.eviction_policy': `Run \`${cli} config set maxmemory-policy noeviction\` and keep it in redis.conf, ${orOurs}.`,
    'redis.evicting': `Run \`${cli} config set maxmemory-policy noeviction\` and keep it in redis.conf, ${orOurs}.`,
    'redis.persistence_off': `Run \`${cli} config set appendonly yes\` and keep it in redis.conf, ${orOurs}.`,
    'redis.credentials_rejected': `Correct user and password in REDIS_URL (or QUEUE_REDIS_*), ${orOurs}.`,
    'redis.unresolved': `Correct the host in REDIS_URL (or QUEUE_REDIS_HOST), ${orOurs}.`,
    'redis.out_of_memory': `Give that Redis more maxmemory, ${orOurs}.`,
    'redis.read_only': `Name the primary in REDIS_URL instead of a replica, ${orOurs}.`,
  };
  const known = fixes[code];
  if (known !== undefined) return known;
  return ownRedis
    ? 'Look at its log, .data/logs/redis.log.'
    : `Start or correct the Redis that the settings name, ${orOurs}.`;
}

/** Where the runbook says more of it. */
export function runbookOf(code: string): string {
  return `docs/runbooks/production-monitoring.md#${code.replaceAll('.', '')}`;
}
