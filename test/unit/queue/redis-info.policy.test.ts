import { describe, expect, it } from '@jest/globals';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';

const info = (...lines: string[]) => parseInfo(lines.join('\r\n'));

describe('what INFO says', () => {
  it('is read line by line, by name', () => {
    expect(
      info(
        '# Server',
        'redis_version:7.0.15',
        'run_id:a1',
        'server_time_usec:1700000100900000',
        '',
        '# Persistence',
        'loading:1',
        'loading_eta_seconds:42',
        'aof_enabled:1',
        'aof_last_write_status:ok',
        'aof_last_bgrewrite_status:err',
        'rdb_last_bgsave_status:ok',
        'rdb_changes_since_last_save:12',
        'rdb_last_save_time:1700000000',
        'used_memory:1000',
        'maxmemory:2000',
        'mem_not_counted_for_evict:30',
        'total_system_memory:4000',
        'maxmemory_policy:noeviction',
        'evicted_keys:5',
        'role:master',
        'connected_slaves:1',
        'slave0:ip=10.0.0.2,port=6380,state=online,offset=9,lag=3',
        '',
      ),
    ).toEqual({
      version: '7.0.15',
      runId: 'a1',
      role: 'master',
      loading: true,
      loadingEtaSeconds: 42,
      aofEnabled: true,
      aofLastWriteOk: true,
      aofLastRewriteOk: false,
      lastSaveOk: true,
      changesSinceSave: 12,
      lastSaveAt: 1_700_000_000,
      serverTime: 1_700_000_100,
      usedMemory: 1000,
      maxMemory: 2000,
      notCountedMemory: 30,
      systemMemory: 4000,
      evictionPolicy: 'noeviction',
      evictedKeys: 5,
      replicas: [{ address: '10.0.0.2:6380', state: 'online', lagSeconds: 3 }],
      connectedReplicas: 1,
    });
  });

  it('is unknown where this server does not say it', () => {
    const { loading, notCountedMemory, replicas, ...rest } = parseInfo('');
    expect([loading, notCountedMemory, replicas]).toEqual([false, 0, []]);
    expect(Object.values(rest)).toEqual(Object.values(rest).map(() => null));
    expect(Object.keys(rest)).toHaveLength(17);
  });

  it('is off where it says so', () => {
    expect(info('loading:0', 'aof_enabled:0')).toMatchObject({ loading: false, aofEnabled: false });
  });

  it('is of Valkey where it is one, whatever it says it is compatible with', () => {
    expect(info('redis_version:7.2.4', 'valkey_version:8.0.1').version).toBe('8.0.1');
  });

  it.each([
    ['', null],
    ['many', null],
    ['Infinity', null],
    ['0', 0],
    ['-1', -1],
    ['1.5', 1.5],
  ])('is a number, or unknown: %j', (text, value) => {
    expect(info(`used_memory:${text}`).usedMemory).toBe(value);
    expect(info('used_memory:7', 'mem_not_counted_for_evict:').notCountedMemory).toBe(0);
  });

  it('is not what stands in a heading, or without a name', () => {
    expect(info('#role:master', ':master', 'role').role).toBeNull();
    expect(info('config_file:/etc/a:b.conf', 'role:a:b').role).toBe('a:b');
  });
});

describe('a replica', () => {
  it('is one of those that are numbered', () => {
    const lines = [
      'slave0:ip=a,port=1',
      'slave12:ip=b,port=2',
      'slave0_x:ip=c',
      'xslave1:ip=d',
      'slaves:ip=e',
    ];
    expect(info(...lines).replicas.map(({ address }) => address)).toEqual(['a:1', 'b:2']);
  });

  it('is told as far as it is known', () => {
    expect(info('slave0:lag=').replicas).toEqual([{ address: '?:?', state: 'unknown', lagSeconds: null }]);
    expect(info('slave0:ip=a=b,port=1,state=wait_bgsave,lag=0').replicas).toEqual([
      { address: 'a:1', state: 'wait_bgsave', lagSeconds: 0 },
    ]);
  });
});
