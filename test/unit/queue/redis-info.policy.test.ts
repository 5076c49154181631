import { describe, expect, it } from '@jest/globals';
import { parseInfo, type RedisInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';

const NOTHING: RedisInfo = {
  version: null,
  runId: null,
  role: null,
  loading: false,
  loadingEtaSeconds: null,
  aofEnabled: null,
  aofLastWriteOk: null,
  aofLastRewriteOk: null,
  lastSaveOk: null,
  changesSinceSave: null,
  lastSaveAt: null,
  serverTime: null,
  usedMemory: null,
  maxMemory: null,
  notCountedMemory: 0,
  systemMemory: null,
  evictionPolicy: null,
  evictedKeys: null,
  replicas: [],
  connectedReplicas: null,
};

describe('what INFO says', () => {
  it.each<[string, Partial<RedisInfo>]>([
    ['redis_version:7.0.15', { version: '7.0.15' }],
    ['redis_version:7.2.4\nvalkey_version:8.0.1', { version: '8.0.1' }],
    ['run_id:a1', { runId: 'a1' }],
    ['role:master', { role: 'master' }],
    ['loading:1', { loading: true }],
    ['loading:0', {}],
    ['loading_eta_seconds:42', { loadingEtaSeconds: 42 }],
    ['aof_enabled:1', { aofEnabled: true }],
    ['aof_enabled:0', { aofEnabled: false }],
    ['aof_last_write_status:ok', { aofLastWriteOk: true }],
    ['aof_last_write_status:err', { aofLastWriteOk: false }],
    ['aof_last_bgrewrite_status:ok', { aofLastRewriteOk: true }],
    ['aof_last_bgrewrite_status:err', { aofLastRewriteOk: false }],
    ['rdb_last_bgsave_status:ok', { lastSaveOk: true }],
    ['rdb_last_bgsave_status:err', { lastSaveOk: false }],
    ['rdb_changes_since_last_save:12', { changesSinceSave: 12 }],
    ['rdb_last_save_time:1700000000', { lastSaveAt: 1_700_000_000 }],
    ['server_time_usec:1700000100999999', { serverTime: 1_700_000_100 }],
    ['used_memory:1000', { usedMemory: 1000 }],
    ['maxmemory:0', { maxMemory: 0 }],
    ['mem_not_counted_for_evict:7', { notCountedMemory: 7 }],
    ['total_system_memory:8000', { systemMemory: 8000 }],
    ['maxmemory_policy:noeviction', { evictionPolicy: 'noeviction' }],
    ['evicted_keys:3', { evictedKeys: 3 }],
    ['connected_slaves:2', { connectedReplicas: 2 }],
  ])('as %j is %j, and nothing of what it does not say', (text, known) => {
    expect(parseInfo(text)).toEqual({ ...NOTHING, ...known });
  });

  it.each([
    '',
    '\r\n',
    '# Server',
    '# role:master',
    '#role:master',
    ':master',
    'role',
    'roles',
    'slave_priority:100',
  ])('as %j is nothing', (text) => {
    expect(parseInfo(text)).toEqual(NOTHING);
  });

  it('is read line by line, with any end of line and all that follows the first colon', () => {
    expect(parseInfo('# Server\r\nredis_version:7.0.15\r\nrun_id: a:b \n\nrole:slave\r\n')).toEqual({
      ...NOTHING,
      version: '7.0.15',
      runId: 'a:b',
      role: 'slave',
    });
  });

  it.each(['', ' ', 'many', '12kb', 'Infinity', 'nan'])('is no number where it is %j', (value) => {
    expect(parseInfo(`used_memory:${value}\nserver_time_usec:${value}`)).toEqual(NOTHING);
  });
});

describe('a replica', () => {
  it.each([
    ['ip=10.0.0.2,port=6379,state=online,offset=9,lag=1', '10.0.0.2:6379', 'online', 1],
    ['ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0', '10.0.0.2:6379', 'wait_bgsave', 0],
    ['port=6379,state=online', '?:6379', 'online', null],
    ['ip=10.0.0.2', '10.0.0.2:?', 'unknown', null],
    ['', '?:?', 'unknown', null],
    ['ip=h,port=1,lag=', 'h:1', 'unknown', null],
  ])('told as %j is %s, %s, with a lag of %s', (value, address, state, lagSeconds) => {
    expect(parseInfo(`slave0:${value}`).replicas).toEqual([{ address, state, lagSeconds }]);
  });

  it('is each of the numbered lines, and no other', () => {
    const lines = [
      'slave0:ip=a',
      'slave12:ip=b',
      'slave:ip=c',
      'slave1x:ip=d',
      'myslave2:ip=e',
      'slavex:ip=f',
    ];
    expect(parseInfo(lines.join('\n')).replicas.map(({ address }) => address)).toEqual(['a:?', 'b:?']);
  });
});
