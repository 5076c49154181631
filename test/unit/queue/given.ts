import {
  assessDurability,
  type DurabilityEvidence,
} from '../../../src/modules/queue/durability/durability.assess.js';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';

/** What INFO says of a Redis that keeps what it accepts. */
const WELL = {
  redis_version: '7.0.15',
  run_id: 'a1',
  server_time_usec: '1700000100000000',
  role: 'master',
  connected_slaves: '0',
  loading: '0',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  aof_last_bgrewrite_status: 'ok',
  rdb_last_bgsave_status: 'ok',
  rdb_changes_since_last_save: '12',
  rdb_last_save_time: '1700000000',
  used_memory: '1000000',
  maxmemory: '0',
  total_system_memory: '8000000000',
  maxmemory_policy: 'noeviction',
  evicted_keys: '0',
};

export const info = (changes: Record<string, string> = {}) =>
  parseInfo(
    `# Server\r\n${Object.entries({ ...WELL, ...changes })
      .map(([name, value]) => `${name}:${value}`)
      .join('\r\n')}\r\n`,
  );
export const config = { save: '', appendFsync: 'everysec' };
export const assess = (changes: Partial<DurabilityEvidence> = {}) =>
  assessDurability({ info: info(), config, evictedBefore: null, replicasSeen: 0, ...changes });
export const codes = (changes: Partial<DurabilityEvidence>) =>
  assess(changes).findings.map(({ code }) => code);
