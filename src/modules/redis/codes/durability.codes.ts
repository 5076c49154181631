import { defineCodes, fail, MONITORING, warn } from '../../health/codes/index.js';

/** Whether Redis keeps what it accepts. */
export const durabilityCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'redis.snapshot_failing': fail({
      message: 'Redis cannot save its snapshots.',
      means:
        'The last background save failed: accepted jobs would not survive a restart of Redis, and Redis may refuse writes.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO persistence | grep rdb_',
      fix: 'Make room on the disk and in the memory of Redis, then run BGSAVE.',
    }),
    'redis.aof_failing': fail({
      message: 'Redis cannot write its append-only file.',
      means: 'The disk is full or broken; Redis refuses writes and goes on by itself once there is room.',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO persistence | grep aof_',
      fix: 'Make room on the disk of Redis.',
    }),
    'redis.aof_rewrite_failing': warn({
      message: 'Redis cannot rewrite its append-only file.',
      means:
        'The last rewrite failed, so the file only grows; look at the room on the disk and the memory for a fork.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO persistence | grep aof_last_bgrewrite',
      fix: 'Make room on the disk and in the memory of Redis, then run BGREWRITEAOF.',
    }),
    'redis.persistence_off': fail({
      message: 'Redis does not persist anything.',
      means: 'Neither append-only file nor snapshots are on: a restart of Redis loses every job.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO persistence | grep aof_enabled',
      fix: 'Run `redis-cli -u "$REDIS_URL" config set appendonly yes` and keep it in redis.conf.',
    }),
    'redis.snapshots_only': warn({
      message: 'Redis persists by snapshots only.',
      means: 'The jobs since the last snapshot are lost when Redis crashes; turn the append-only file on.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO persistence | grep -E "aof_enabled|rdb_changes"',
      fix: 'Run `redis-cli -u "$REDIS_URL" config set appendonly yes` and keep it in redis.conf.',
    }),
    'redis.fsync_off': warn({
      message: 'Redis leaves it to the system when its append-only file reaches the disk.',
      means: 'appendfsync is no: a power cut loses up to half a minute of jobs.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" CONFIG GET appendfsync',
      fix: 'Run `redis-cli -u "$REDIS_URL" config set appendfsync everysec` and keep it in redis.conf.',
    }),
    'redis.durability_unknown': warn({
      message: 'It cannot be read whether Redis keeps what it accepts.',
      means:
        'CONFIG or INFO is refused, as managed Redis does: look up persistence and eviction with the provider.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" CONFIG GET appendonly',
      fix: 'Look persistence and eviction up with the provider, or allow the Redis user +config|get +info.',
    }),
    'redis.eviction_policy': fail({
      message: 'The eviction policy of Redis drops jobs.',
      means:
        'maxmemory-policy is not noeviction: at the memory limit Redis drops jobs, or the locks of running ones.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO memory | grep maxmemory_policy',
      fix: 'Run `redis-cli -u "$REDIS_URL" config set maxmemory-policy noeviction` and keep it in redis.conf.',
    }),
    'redis.evicting': fail({
      message: 'Redis is evicting keys.',
      means: 'evicted_keys grows: jobs or their locks are being dropped now.',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO stats | grep evicted_keys',
      fix: 'Run `redis-cli -u "$REDIS_URL" config set maxmemory-policy noeviction` and keep it in redis.conf.',
    }),
    'redis.replicas_gone': warn({
      message: 'Redis has lost its replicas.',
      means: 'The primary is alone: what it accepts now is lost with it in a failover.',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO replication',
      fix: 'Bring the replicas of Redis back.',
    }),
    'redis.replica_lagging': warn({
      message: 'A replica of Redis lags behind.',
      means: 'A failover now would lose the writes of the last seconds.',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO replication',
      fix: 'Look at the network and the load of the replica.',
    }),
  },
);
