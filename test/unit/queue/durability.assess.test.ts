import { describe, expect, it } from '@jest/globals';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';
import { assess, codes, config, info } from './given.js';

describe('will Redis keep what it accepts', () => {
  it('finds nothing wrong with an append-only file and no eviction', () => {
    expect(assess()).toEqual({ findings: [], durable: true });
  });

  it('fails without any persistence', () => {
    const result = assess({ info: info({ aof_enabled: '0' }) });
    expect(result.durable).toBe(false);
    expect(result.findings).toMatchObject([{ code: 'redis.persistence_off' }]);
  });

  it('warns of snapshots alone and says how much may be lost', () => {
    const result = assess({
      info: info({ aof_enabled: '0' }),
      config: { ...config, save: '3600 1 300 100' },
    });
    expect(result.durable).toBe(true);
    expect(result.findings).toMatchObject([{ code: 'redis.snapshots_only' }]);
    expect(result.findings[0]?.message).toContain('up to 3600 s of jobs, now 12 changes of the last 100 s');
  });

  it('never passes what it cannot read', () => {
    expect(assess({ config: null })).toMatchObject({
      durable: null,
      findings: [{ code: 'redis.durability_unknown', message: expect.stringContaining('CONFIG') }],
    });
    expect(assess({ info: null }).durable).toBeNull();
    expect(codes({ info: parseInfo('') })).toEqual(['redis.durability_unknown']);
  });

  it('fails although CONFIG is hidden when INFO shows enough', () => {
    const result = assess({ config: null, info: info({ maxmemory_policy: 'allkeys-lru' }) });
    expect(result.durable).toBe(false);
  });

  it('fails when the last snapshot failed while snapshots are configured, though a write passes', () => {
    const failed = info({ rdb_last_bgsave_status: 'err' });
    expect(codes({ info: failed, config: { ...config, save: '1 1' } })).toEqual(['redis.snapshot_failing']);
    expect(codes({ info: failed, config: null })).toContain('redis.snapshot_failing');
    expect(codes({ info: failed })).toEqual([]);
  });

  it('fails when the append-only file cannot be written, and warns when it cannot be rewritten', () => {
    expect(codes({ info: info({ aof_last_write_status: 'err' }) })).toEqual(['redis.aof_failing']);
    expect(codes({ info: info({ aof_last_bgrewrite_status: 'err' }) })).toEqual([
      'redis.aof_rewrite_failing',
    ]);
  });

  it('warns when fsync is left to the system', () => {
    expect(codes({ config: { ...config, appendFsync: 'no' } })).toEqual(['redis.fsync_off']);
  });

  it.each(['allkeys-lru', 'allkeys-random', 'volatile-lru', 'volatile-ttl'])(
    'fails when %s may drop jobs or locks',
    (policy) => {
      expect(codes({ info: info({ maxmemory_policy: policy }) })).toEqual(['redis.eviction_policy']);
    },
  );

  it('fails while keys are being evicted', () => {
    expect(assess({ info: info({ evicted_keys: '9' }), evictedBefore: 4 })).toEqual({
      findings: [{ code: 'redis.evicting', message: 'Redis evicted 5 keys since the last look.' }],
      durable: false,
    });
    expect(codes({ info: info({ evicted_keys: '9' }), evictedBefore: 9 })).toEqual([]);
    expect(codes({ info: info({ evicted_keys: '9' }) })).toEqual([]);
  });

  it('warns before the memory limit, of which only what counts is counted', () => {
    const full = { maxmemory: '1000', used_memory: '850' };
    expect(codes({ info: info(full) })).toEqual(['redis.memory_high']);
    expect(codes({ info: info({ ...full, mem_not_counted_for_evict: '100' }) })).toEqual([]);
    expect(codes({ info: info({ used_memory: '7900000000' }) })).toEqual(['redis.memory_high']);
  });

  it('says that a replica is no place to keep jobs', () => {
    expect(codes({ info: info({ role: 'slave' }) })).toEqual(['redis.read_only']);
  });

  it('warns of a primary that lost its replicas, and of none that never had any', () => {
    expect(codes({ replicasSeen: 1 })).toEqual(['redis.replicas_gone']);
    expect(codes({ replicasSeen: 0 })).toEqual([]);
  });

  it('warns of a replica that lags or is not online', () => {
    const replica = (state: string, lag: number) =>
      info({ connected_slaves: '1', slave0: `ip=10.0.0.2,port=6379,state=${state},offset=9,lag=${lag}` });
    expect(codes({ info: replica('online', 0) })).toEqual([]);
    expect(codes({ info: replica('online', 30) })).toEqual(['redis.replica_lagging']);
    expect(assess({ info: replica('wait_bgsave', 0) }).findings[0]?.message).toContain(
      '10.0.0.2:6379 is wait_bgsave',
    );
  });
});
