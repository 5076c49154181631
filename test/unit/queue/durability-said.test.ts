import { describe, expect, it } from '@jest/globals';
import type { DurabilityEvidence } from '../../../src/modules/queue/durability/durability.assess.js';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';
import { assess, codes, config, info } from './given.js';

describe('what is said of durability', () => {
  const said = (changes: Partial<DurabilityEvidence>) =>
    assess(changes).findings.map(({ message }) => message);
  const snapshots = (save: string, changes: Record<string, string> = {}) =>
    said({ info: info({ aof_enabled: '0', ...changes }), config: { ...config, save } })[0];
  const replicas = (...rest: string[]) =>
    info({
      connected_slaves: String(rest.length),
      ...Object.fromEntries(rest.map((each, at) => [`slave${at}`, `ip=r${at},port=1,${each}`])),
    });

  it.each<[string, boolean, Record<string, string>, Partial<DurabilityEvidence>]>([
    ['aof_failing', false, { aof_last_write_status: 'err' }, {}],
    ['aof_rewrite_failing', true, { aof_last_bgrewrite_status: 'err' }, {}],
    ['snapshot_failing', false, { rdb_last_bgsave_status: 'err' }, { config: { ...config, save: '1 1' } }],
    ['eviction_policy', false, { maxmemory_policy: 'allkeys-lru' }, {}],
    ['evicting', false, { evicted_keys: '1' }, { evictedBefore: 0 }],
    ['persistence_off', false, { aof_enabled: '0' }, {}],
    ['read_only', true, { role: 'replica' }, {}],
    ['fsync_off', true, {}, { config: { ...config, appendFsync: 'no' } }],
    ['memory_high', true, { maxmemory: '1000000' }, {}],
    ['replicas_gone', true, {}, { replicasSeen: 2 }],
  ])('redis.%s alone leaves it durable: %s', (code, durable, changes, evidence) => {
    const result = assess({ ...evidence, info: info(changes) });
    expect(result.findings.map((each) => each.code)).toEqual([`redis.${code}`]);
    expect(result.durable).toBe(durable);
  });

  it('is nothing of an append-only file that is off', () => {
    const off = { aof_enabled: '0', aof_last_write_status: 'err', aof_last_bgrewrite_status: 'err' };
    expect(codes({ info: info(off), config: { ...config, save: '60 1' } })).toEqual(['redis.snapshots_only']);
  });

  it('names what failed', () => {
    expect(said({ info: info({ role: 'slave' }) })[0]).toContain('Redis is a replica');
    expect(said({ info: info({ aof_last_write_status: 'err' }) })[0]).toContain(
      'append-only file (disk full?)',
    );
    expect(said({ info: info({ aof_last_bgrewrite_status: 'err' }) })[0]).toContain(
      'rewrite of the append-only',
    );
    expect(said({ config: { ...config, appendFsync: 'no' } })[0]).toContain('set it to everysec');
    expect(said({ info: info({ aof_enabled: '0' }) })[0]).toContain('set appendonly yes');
  });

  it('counts the changes that are not saved, where that is known', () => {
    const save = { ...config, save: '1 1' };
    const failed = { rdb_last_bgsave_status: 'err' };
    expect(said({ info: info(failed), config: save })[0]).toBe(
      'The last background save of Redis failed; 12 changes are not saved.',
    );
    expect(said({ info: info({ ...failed, rdb_changes_since_last_save: '' }), config: save })[0]).toContain(
      'failed; an unknown number of changes',
    );
  });

  it.each([
    ['allkeys-lru', 'jobs'],
    ['volatile-ttl', 'the locks of running jobs'],
  ])('says what %s drops: %s', (policy, drops) => {
    expect(said({ info: info({ maxmemory_policy: policy }) })[0]).toBe(
      `maxmemory-policy is ${policy}, which drops ${drops} at the memory limit; set it to noeviction.`,
    );
  });

  it('says nothing of eviction where Redis says nothing of it', () => {
    expect(
      codes({ info: info({ evicted_keys: '', maxmemory_policy: 'noeviction' }), evictedBefore: -1 }),
    ).toEqual([]);
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['79 % of a limit', { maxmemory: '1000', used_memory: '799' }, undefined],
    ['80 % of a limit', { maxmemory: '1000', used_memory: '800' }, 'Redis uses 80 % of maxmemory.'],
    ['86 %, rounded', { maxmemory: '1000', used_memory: '856' }, 'Redis uses 86 % of maxmemory.'],
    ['89 % of the machine', { total_system_memory: '1000', used_memory: '899' }, undefined],
    [
      '90 % of the machine',
      { total_system_memory: '1000', used_memory: '900' },
      "Redis uses 90 % of the machine's memory.",
    ],
    [
      'all of the machine, of which nothing is left out',
      { total_system_memory: '1000', used_memory: '1000', mem_not_counted_for_evict: '900' },
      "Redis uses 100 % of the machine's memory.",
    ],
    ['a limit of one byte', { maxmemory: '1', used_memory: '1' }, 'Redis uses 100 % of maxmemory.'],
    [
      'a machine of one byte',
      { total_system_memory: '1', used_memory: '1' },
      "100 % of the machine's memory.",
    ],
    ['a machine of no size', { total_system_memory: '0' }, undefined],
    ['a machine of unknown size', { total_system_memory: '' }, undefined],
    ['an unknown limit', { maxmemory: '', used_memory: '7900000000' }, "99 % of the machine's memory."],
    ['an unknown use', { maxmemory: '1000', used_memory: '' }, undefined],
  ])('tells of memory at %s', (_what, changes, says) => {
    const [message] = said({ info: info(changes) });
    if (says === undefined) expect(message).toBeUndefined();
    else expect(message).toContain(says);
  });

  it('counts the replicas that are gone', () => {
    expect(said({ replicasSeen: 2 })[0]).toBe(
      'None of the 2 replicas of Redis is connected any more; a failover would lose jobs.',
    );
    expect(codes({ info: info({ connected_slaves: '1' }), replicasSeen: 2 })).toEqual([]);
    const unsaid = info({ connected_slaves: '', slave0: 'ip=a,port=1,state=online,lag=0' });
    expect(codes({ info: unsaid, replicasSeen: 2 })).toEqual([]);
    expect(codes({ info: info({ connected_slaves: '' }), replicasSeen: 2 })).toEqual(['redis.replicas_gone']);
  });

  it.each([
    ['lag=9', undefined],
    ['lag=10', 'The replica r1:1 lags by 10 s.'],
    ['', undefined],
  ])('tells of an online replica with %j after one that is well', (lag, says) => {
    expect(said({ info: replicas('state=online,lag=0', `state=online,${lag}`) })[0]).toBe(says);
  });

  it.each([
    ['3600 1 300 100 60 10000', 'up to 3600 s of jobs, now 12 changes of the last 100 s.'],
    ['60  1   7200  9', 'up to 7200 s of jobs, now'],
    ['5 90000', 'up to 5 s of jobs, now'],
    ['soon 1', 'up to 0 s of jobs, now'],
  ])('says how much snapshots by %j may lose', (save, says) => {
    expect(snapshots(save)).toContain(`Redis persists by snapshots only: a crash loses ${says}`);
  });

  it('says only what is known of the last snapshot', () => {
    const lost = 'a crash loses up to 60 s of jobs';
    expect(snapshots('60 1', { rdb_changes_since_last_save: '' })).toMatch(new RegExp(`${lost}\\.$`));
    expect(snapshots('60 1', { rdb_last_save_time: '' })).toMatch(new RegExp(`${lost}, now 12 changes\\.$`));
    expect(snapshots('60 1', { server_time_usec: '' })).toMatch(new RegExp(`${lost}, now 12 changes\\.$`));
    expect(snapshots('60 1', { rdb_last_save_time: '1700000200' })).toContain('12 changes of the last 0 s.');
  });

  it('names what Redis does not show', () => {
    const hides = (what: string) => [
      `Redis does not show ${what}: whether it keeps what it accepts cannot be told.`,
    ];
    expect(said({ info: null })).toEqual(hides('INFO'));
    expect(said({ config: null })).toEqual(hides('CONFIG'));
    expect(said({ info: null, config: null })).toEqual(hides('INFO and CONFIG'));
    expect(said({ info: parseInfo('') })).toEqual(hides('its persistence'));
  });
});
