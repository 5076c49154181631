import { healthy, type CodeDefinition, type RestartEffect } from './code.js';

type Reason = readonly [message: string, means: string];

/** Restarting what uses Redis: a worker is the one that would be restarted in the hope that it helps. */
const fail = (restart: RestartEffect, [message, means]: Reason): CodeDefinition & { status: 'fail' } => ({
  status: 'fail',
  message,
  means,
  restart,
  target: 'worker',
});
const warn = (restart: RestartEffect, [message, means]: Reason): CodeDefinition & { status: 'warn' } => ({
  status: 'warn',
  message,
  means,
  restart,
  target: 'worker',
});

/** Reasons of the `queue` check and of the queue driver: can the queue take work, and will it keep it? */
export const queueCodes = {
  'redis.healthy': healthy('Redis connection healthy', 'Redis takes a write now, and keeps what it takes.'),

  'redis.unreachable': fail('useless', [
    'Redis cannot be reached.',
    'The connection was refused, reset or has no route: Redis is down, or the address is wrong.',
  ]),
  'redis.unresolved': fail('useless', [
    'The host name of Redis cannot be resolved.',
    'The name server does not know the host of REDIS_URL or QUEUE_REDIS_HOST, or cannot be asked.',
  ]),
  'redis.timeout': fail('useless', [
    'Redis did not answer in time.',
    'The connection is open and nothing comes back: Redis is frozen, overloaded, or cut off by the network.',
  ]),
  'redis.connect_timeout': fail('useless', [
    'No connection to Redis came about in time.',
    'The handshake never ended: packets are dropped, Redis is frozen, or TLS is spoken to a port without it (or the other way round).',
  ]),
  'redis.tls_failed': fail('useless', [
    'The TLS connection to Redis failed.',
    'The certificate is not trusted, has expired or is for another name, or the port speaks no TLS.',
  ]),
  'redis.credentials_rejected': fail('useless', [
    'Redis rejected the credentials.',
    'User or password of the settings are wrong, missing, or have been changed in Redis.',
  ]),
  'redis.credentials_rotated': warn('harmful', [
    'Redis no longer accepts the configured credentials on new connections.',
    'Open connections stay authenticated, new ones are refused: the next reconnect or restart takes the queue down.',
  ]),
  'redis.slow': warn('useless', [
    'Redis answers, but slowly again and again.',
    'A fifth of the looks of the last quarter of a minute took longer than 250 ms: commands that take long, a busy machine, swap, or the network.',
  ]),
  'redis.commands_withheld': warn('useless', [
    'Redis withholds commands that would tell more of the queue.',
    'An ACL or a rename keeps them from this user; the queue works without them, but some faults are seen later or not at all.',
  ]),
  'redis.new_connections_fail': warn('harmful', [
    'Redis answers on an open connection but accepts no new one.',
    'The connection limit, TLS or the network refuses new connections: the next reconnect or restart takes the queue down.',
  ]),
  'redis.connection_limit': fail('useless', [
    'Redis has reached its limit of connections.',
    'maxclients is used up; some client leaks connections, or the limit is too low.',
  ]),
  'redis.not_permitted': fail('useless', [
    'The Redis user may not do what the queue needs.',
    'An ACL forbids the command or the keys under the prefix of the queue.',
  ]),
  'redis.wrong_database': fail('useless', [
    'The Redis database of the settings does not exist.',
    'SELECT was refused: the number is out of range, or the server has only database 0.',
  ]),
  'redis.out_of_memory': fail('harmful', [
    'Redis is out of memory and refuses writes.',
    'used_memory has reached maxmemory: no job can be added, and the backlog cannot drain either.',
  ]),
  'redis.memory_high': warn('harmful', [
    'Redis is close to its memory limit.',
    'More than 80 % of maxmemory (or 90 % of the machine) is used; at the limit the queue stops.',
  ]),
  'redis.read_only': fail('useless', [
    'Redis is a read-only replica.',
    'The address leads to a replica: a failover is under way, or the settings name the wrong server.',
  ]),
  'redis.snapshot_failing': fail('harmful', [
    'Redis cannot save its snapshots.',
    'The last background save failed: accepted jobs would not survive a restart of Redis, and Redis may refuse writes.',
  ]),
  'redis.aof_failing': fail('useless', [
    'Redis cannot write its append-only file.',
    'The disk is full or broken; Redis refuses writes and goes on by itself once there is room.',
  ]),
  'redis.aof_rewrite_failing': warn('harmful', [
    'Redis cannot rewrite its append-only file.',
    'The last rewrite failed, so the file only grows; look at the room on the disk and the memory for a fork.',
  ]),
  'redis.loading': fail('harmful', [
    'Redis is loading its data.',
    'It was just started and answers nothing else until the data is in memory; a restart begins anew.',
  ]),
  'redis.busy': fail('useless', [
    'Redis is busy with a script.',
    'A script has run for too long and blocks every other client.',
  ]),
  'redis.writes_paused': fail('useless', [
    'Redis answers reads and holds back writes.',
    'CLIENT PAUSE WRITE, as in a failover, or a write that waits for replicas or a disk.',
  ]),
  'redis.cluster_down': fail('useless', [
    'The Redis Cluster is down.',
    'Some slots have no node that serves them.',
  ]),
  'redis.master_down': fail('useless', [
    'The replica has lost its primary.',
    'The address leads to a replica that serves no stale data.',
  ]),
  'redis.too_few_replicas': fail('useless', [
    'Redis refuses writes because too few replicas are in reach.',
    'min-replicas-to-write is not met.',
  ]),
  'redis.unexpected_reply': fail('useless', [
    'Redis refused a write for a reason that is not known.',
    'The reply is in the message; unknown is never healthy.',
  ]),

  'redis.persistence_off': fail('useless', [
    'Redis does not persist anything.',
    'Neither append-only file nor snapshots are on: a restart of Redis loses every job.',
  ]),
  'redis.snapshots_only': warn('useless', [
    'Redis persists by snapshots only.',
    'The jobs since the last snapshot are lost when Redis crashes; turn the append-only file on.',
  ]),
  'redis.fsync_off': warn('useless', [
    'Redis leaves it to the system when its append-only file reaches the disk.',
    'appendfsync is no: a power cut loses up to half a minute of jobs.',
  ]),
  'redis.durability_unknown': warn('useless', [
    'It cannot be read whether Redis keeps what it accepts.',
    'CONFIG or INFO is refused, as managed Redis does: look up persistence and eviction with the provider.',
  ]),
  'redis.eviction_policy': fail('useless', [
    'The eviction policy of Redis drops jobs.',
    'maxmemory-policy is not noeviction: at the memory limit Redis drops jobs, or the locks of running ones.',
  ]),
  'redis.evicting': fail('useless', [
    'Redis is evicting keys.',
    'evicted_keys grows: jobs or their locks are being dropped now.',
  ]),
  'redis.replicas_gone': warn('useless', [
    'Redis has lost its replicas.',
    'The primary is alone: what it accepts now is lost with it in a failover.',
  ]),
  'redis.replica_lagging': warn('useless', [
    'A replica of Redis lags behind.',
    'A failover now would lose the writes of the last seconds.',
  ]),

  'queue.inmemory': fail('useless', [
    'Queue driver is running in non-durable in-memory mode. Jobs will not be persisted.',
    'QUEUE_DRIVER is inmemory, which is for isolated tests only.',
  ]),
  'queue.not_configured': fail('useless', [
    'The queue is not configured: its settings cannot be used.',
    'A setting that says where the queue is (REDIS_URL, QUEUE_REDIS_*, QUEUE_PREFIX, QUEUE_NAMES, QUEUE_DRIVER, or the .env that holds them) is there and cannot be used. Nothing is connected to, for the default would be the queue of somebody else.',
  ]),
  'queue.data_lost': fail('useless', [
    'The queue has lost data and is being reconciled.',
    'The sentinel of the queue is gone or its job ids went backwards: Redis lost its data or was emptied.',
  ]),
  'queue.add_timeout': fail('useless', [
    'The queue did not confirm the job in time.',
    'Redis hangs or holds back writes; the job may still arrive, so its row was withdrawn first.',
  ]),
} as const satisfies Record<string, CodeDefinition>;
