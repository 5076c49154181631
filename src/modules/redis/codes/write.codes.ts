import { askApi, defineCodes, fail, MONITORING, warn } from '../../health/codes/index.js';

/** Whether Redis takes a write now. */
export const writeCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'redis.out_of_memory': fail({
      message: 'Redis is out of memory and refuses writes.',
      means: 'used_memory has reached maxmemory: no job can be added, and the backlog cannot drain either.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO memory | grep -E "used_memory_human|maxmemory_human"',
      fix: 'Give that Redis more maxmemory.',
    }),
    'redis.memory_high': warn({
      message: 'Redis is close to its memory limit.',
      means: 'More than 80 % of maxmemory (or 90 % of the machine) is used; at the limit the queue stops.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO memory | grep -E "used_memory_human|maxmemory_human"',
      fix: 'Raise maxmemory, or find by redis-cli --bigkeys what grows.',
    }),
    'redis.memory_exhausting': warn({
      message: 'Redis will soon be full.',
      means:
        'At the rate of the last quarter of an hour used_memory reaches maxmemory (or the memory of the machine) within the hour; then the queue stops.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO memory | grep -E "used_memory_human|maxmemory_human"',
      fix: 'Find by redis-cli --bigkeys what grows and stop it, or raise maxmemory in time.',
    }),
    'redis.read_only': fail({
      message: 'Redis is a read-only replica.',
      means:
        'The address leads to a replica: a failover is under way, or the settings name the wrong server.',
      firstCommand: 'redis-cli -u "$REDIS_URL" ROLE',
      fix: 'Name the primary in REDIS_URL instead of a replica.',
    }),
    'redis.loading': fail({
      message: 'Redis is loading its data.',
      means:
        'It was just started and answers nothing else until the data is in memory; a restart begins anew.',
      restart: 'harmful',
      passesWithinMs: 300_000,
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO persistence | grep loading',
      fix: 'Wait until Redis has loaded its data.',
    }),
    'redis.busy': fail({
      message: 'Redis is busy with a script.',
      means: 'A script has run for too long and blocks every other client.',
      passesWithinMs: 10_000,
      firstCommand: 'redis-cli -u "$REDIS_URL" SCRIPT KILL',
      fix: 'End the script by SCRIPT KILL, and find who runs it.',
    }),
    'redis.writes_paused': fail({
      message: 'Redis answers reads and holds back writes.',
      means: 'CLIENT PAUSE WRITE, as in a failover, or a write that waits for replicas or a disk.',
      passesWithinMs: 10_000,
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO replication',
      fix: 'Wait for the failover, or end the pause by CLIENT UNPAUSE.',
    }),
    'redis.cluster_down': fail({
      message: 'The Redis Cluster is down.',
      means: 'Some slots have no node that serves them.',
      passesWithinMs: 10_000,
      firstCommand: 'redis-cli -u "$REDIS_URL" CLUSTER INFO',
      fix: 'Bring the missing nodes of the cluster back, or fail over to their replicas.',
    }),
    'redis.master_down': fail({
      message: 'The replica has lost its primary.',
      means: 'The address leads to a replica that serves no stale data.',
      passesWithinMs: 10_000,
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO replication',
      fix: 'Bring the primary back, or promote this replica.',
    }),
    'redis.too_few_replicas': fail({
      message: 'Redis refuses writes because too few replicas are in reach.',
      means: 'min-replicas-to-write is not met.',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO replication',
      fix: 'Bring the replicas of Redis back.',
    }),
    'redis.unexpected_reply': fail({
      message: 'Redis refused a write for a reason that is not known.',
      means: 'The reply is in the message; unknown is never healthy.',
      firstCommand: askApi('/readyz/queue?verbose', '.message'),
      fix: 'Look for the reply of the message in the log of Redis.',
    }),
  },
);
