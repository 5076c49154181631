import type { LookFacts, QueueFacts, RedisFacts } from '../../../src/cli/look/facts.js';
import type { QueueEvidence } from '../../../src/modules/heartbeat/judge.js';
import { parseInfo } from '../../../src/modules/queue/judge.js';
import { evidence, NOON, slow } from '../heartbeat/given.js';

export { evidence, NOON, slow };

const INFO = `redis_version:7.2.4
role:master
aof_enabled:1
aof_last_write_status:ok
aof_last_bgrewrite_status:ok
rdb_last_bgsave_status:ok
rdb_changes_since_last_save:12
rdb_last_save_time:${NOON / 1000 - 60}
server_time_usec:${NOON * 1000}
used_memory:104857600
maxmemory:1073741824
maxmemory_policy:noeviction
evicted_keys:0
connected_slaves:0
`;

export function redisFacts(parts: Partial<RedisFacts> = {}, info = ''): RedisFacts {
  return {
    address: 'redis://db.example:6379/0',
    info: parseInfo(INFO + info),
    config: { save: '', appendFsync: 'everysec' },
    evictedBefore: 0,
    tookMs: [1.2, 3.4],
    full: { kind: 'steady', ratePerSecond: 0 },
    ...parts,
  };
}

export function queueFacts(
  name: string,
  parts: Partial<QueueFacts> = {},
  of: Partial<QueueEvidence> = {},
): QueueFacts {
  return {
    prefix: 'bull',
    name,
    evidence: { ...evidence({ slow: slow({ connectedWorkers: 1 }), ...of }), queue: name },
    refused: null,
    done: { completed: 0, failed: 0, more: false },
    overMs: 10_000,
    drained: { kind: 'reached' },
    lastFailed: null,
    ...parts,
  };
}

export function lookFacts(queues: readonly QueueFacts[], parts: Partial<LookFacts> = {}): LookFacts {
  return {
    at: NOON,
    watchedMs: 10_000,
    redis: redisFacts(),
    queues,
    search: { prefixes: ['bull'], guessed: false, whole: true, beyond: 0, named: false },
    withheld: [],
    sent: 1234,
    ...parts,
  };
}

/** One whose worker is connected and that works its jobs off. */
export const working = (name: string) => {
  const { traces } = evidence();
  return queueFacts(
    name,
    { done: { completed: 20, failed: 0, more: false } },
    { traces: { ...traces, connectedAt: NOON, movedAt: NOON - 100 } },
  );
};
