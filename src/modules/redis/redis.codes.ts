import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** What may be wrong with Redis. A worker is what would be restarted in the hope that it helps. */
export const redisCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'worker' },
  {
    'redis.healthy': healthy('Redis connection healthy', 'Redis takes a write now, and keeps what it takes.'),
    'redis.unreachable': fail(
      'Redis cannot be reached.',
      'The connection was refused, reset or has no route: Redis is down, or the address is wrong.',
    ),
    'redis.unresolved': fail(
      'The host name of Redis cannot be resolved.',
      'The name server does not know the host of REDIS_URL or QUEUE_REDIS_HOST, or cannot be asked.',
      { fix: 'Correct the host in REDIS_URL (or QUEUE_REDIS_HOST).' },
    ),
    'redis.timeout': fail(
      'Redis did not answer in time.',
      'The connection is open and nothing comes back: Redis is frozen, overloaded, or cut off by the network.',
      { passesWithinMs: 10_000 },
    ),
    'redis.connect_timeout': fail(
      'No connection to Redis came about in time.',
      'The handshake never ended: packets are dropped, Redis is frozen, or TLS is spoken to a port without it (or the other way round).',
    ),
    'redis.tls_failed': fail(
      'The TLS connection to Redis failed.',
      'The certificate is not trusted, has expired or is for another name, or the port speaks no TLS.',
    ),
    'redis.credentials_rejected': fail(
      'Redis rejected the credentials.',
      'User or password of the settings are wrong, missing, or have been changed in Redis.',
      { fix: 'Correct user and password in REDIS_URL (or QUEUE_REDIS_*).' },
    ),
    'redis.credentials_rotated': warn(
      'Redis no longer accepts the configured credentials on new connections.',
      'Open connections stay authenticated, new ones are refused: the next reconnect or restart takes the queue down.',
      { restart: 'harmful' },
    ),
    'redis.slow': warn(
      'Redis answers, but slowly again and again.',
      'A fifth of the looks of the last quarter of a minute took longer than 250 ms: commands that take long, a busy machine, swap, or the network.',
    ),
    'redis.commands_withheld': warn(
      'Redis withholds commands that would tell more of the queue.',
      'An ACL or a rename keeps them from this user; the queue works without them, but some faults are seen later or not at all.',
    ),
    'redis.new_connections_fail': warn(
      'Redis answers on an open connection but accepts no new one.',
      'The connection limit, TLS or the network refuses new connections: the next reconnect or restart takes the queue down.',
      { restart: 'harmful' },
    ),
    'redis.connection_limit': fail(
      'Redis has reached its limit of connections.',
      'maxclients is used up; some client leaks connections, or the limit is too low.',
    ),
    'redis.not_permitted': fail(
      'The Redis user may not do what the queue needs.',
      'An ACL forbids the command or the keys under the prefix of the queue.',
    ),
    'redis.wrong_database': fail(
      'The Redis database of the settings does not exist.',
      'SELECT was refused: the number is out of range, or the server has only database 0.',
    ),
    'redis.out_of_memory': fail(
      'Redis is out of memory and refuses writes.',
      'used_memory has reached maxmemory: no job can be added, and the backlog cannot drain either.',
      { fix: 'Give that Redis more maxmemory.', restart: 'harmful' },
    ),
    'redis.memory_high': warn(
      'Redis is close to its memory limit.',
      'More than 80 % of maxmemory (or 90 % of the machine) is used; at the limit the queue stops.',
      { restart: 'harmful' },
    ),
    'redis.read_only': fail(
      'Redis is a read-only replica.',
      'The address leads to a replica: a failover is under way, or the settings name the wrong server.',
      { fix: 'Name the primary in REDIS_URL instead of a replica.' },
    ),
    'redis.snapshot_failing': fail(
      'Redis cannot save its snapshots.',
      'The last background save failed: accepted jobs would not survive a restart of Redis, and Redis may refuse writes.',
      { restart: 'harmful' },
    ),
    'redis.aof_failing': fail(
      'Redis cannot write its append-only file.',
      'The disk is full or broken; Redis refuses writes and goes on by itself once there is room.',
    ),
    'redis.aof_rewrite_failing': warn(
      'Redis cannot rewrite its append-only file.',
      'The last rewrite failed, so the file only grows; look at the room on the disk and the memory for a fork.',
      { restart: 'harmful' },
    ),
    'redis.loading': fail(
      'Redis is loading its data.',
      'It was just started and answers nothing else until the data is in memory; a restart begins anew.',
      { restart: 'harmful', passesWithinMs: 300_000 },
    ),
    'redis.busy': fail(
      'Redis is busy with a script.',
      'A script has run for too long and blocks every other client.',
      { passesWithinMs: 10_000 },
    ),
    'redis.writes_paused': fail(
      'Redis answers reads and holds back writes.',
      'CLIENT PAUSE WRITE, as in a failover, or a write that waits for replicas or a disk.',
      { passesWithinMs: 10_000 },
    ),
    'redis.cluster_down': fail('The Redis Cluster is down.', 'Some slots have no node that serves them.', {
      passesWithinMs: 10_000,
    }),
    'redis.master_down': fail(
      'The replica has lost its primary.',
      'The address leads to a replica that serves no stale data.',
      { passesWithinMs: 10_000 },
    ),
    'redis.too_few_replicas': fail(
      'Redis refuses writes because too few replicas are in reach.',
      'min-replicas-to-write is not met.',
    ),
    'redis.unexpected_reply': fail(
      'Redis refused a write for a reason that is not known.',
      'The reply is in the message; unknown is never healthy.',
    ),
    'redis.persistence_off': fail(
      'Redis does not persist anything.',
      'Neither append-only file nor snapshots are on: a restart of Redis loses every job.',
      { fix: 'Run `redis-cli -u "$REDIS_URL" config set appendonly yes` and keep it in redis.conf.' },
    ),
    'redis.snapshots_only': warn(
      'Redis persists by snapshots only.',
      'The jobs since the last snapshot are lost when Redis crashes; turn the append-only file on.',
    ),
    'redis.fsync_off': warn(
      'Redis leaves it to the system when its append-only file reaches the disk.',
      'appendfsync is no: a power cut loses up to half a minute of jobs.',
    ),
    'redis.durability_unknown': warn(
      'It cannot be read whether Redis keeps what it accepts.',
      'CONFIG or INFO is refused, as managed Redis does: look up persistence and eviction with the provider.',
    ),
    'redis.eviction_policy': fail(
      'The eviction policy of Redis drops jobs.',
      'maxmemory-policy is not noeviction: at the memory limit Redis drops jobs, or the locks of running ones.',
      {
        fix: 'Run `redis-cli -u "$REDIS_URL" config set maxmemory-policy noeviction` and keep it in redis.conf.',
      },
    ),
    'redis.evicting': fail(
      'Redis is evicting keys.',
      'evicted_keys grows: jobs or their locks are being dropped now.',
      {
        fix: 'Run `redis-cli -u "$REDIS_URL" config set maxmemory-policy noeviction` and keep it in redis.conf.',
      },
    ),
    'redis.replicas_gone': warn(
      'Redis has lost its replicas.',
      'The primary is alone: what it accepts now is lost with it in a failover.',
    ),
    'redis.replica_lagging': warn(
      'A replica of Redis lags behind.',
      'A failover now would lose the writes of the last seconds.',
    ),
    'queue.not_configured': fail(
      'The queue is not configured: its settings cannot be used.',
      'A setting that says where the queue is (REDIS_URL, QUEUE_REDIS_*, QUEUE_PREFIX, QUEUE_NAMES, QUEUE_DRIVER, or the .env that holds them) is there and cannot be used. Nothing is connected to, for the default would be the queue of somebody else.',
    ),
  },
);

type RedisCodes = typeof redisCodes;
declare global {
  namespace Probity {
    interface Codes extends RedisCodes {}
  }
}
