import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../../health/codes/index.js';

/** Whether Redis is reached, and lets us in. */
export const connectionCodes = defineCodes(
  { runbook: MONITORING, target: 'worker' },
  {
    'redis.healthy': healthy('Redis connection healthy', 'Redis takes a write now, and keeps what it takes.'),
    'redis.unreachable': fail({
      message: 'Redis cannot be reached.',
      means: 'The connection was refused, reset or has no route: Redis is down, or the address is wrong.',
      firstCommand: 'redis-cli -u "$REDIS_URL" PING',
      fix: 'Start or correct the Redis that the settings name.',
    }),
    'redis.unresolved': fail({
      message: 'The host name of Redis cannot be resolved.',
      means: 'The name server does not know the host of REDIS_URL or QUEUE_REDIS_HOST, or cannot be asked.',
      firstCommand: 'node -e \'require("dns").lookup(new URL(process.env.REDIS_URL).hostname, console.log)\'',
      fix: 'Correct the host in REDIS_URL (or QUEUE_REDIS_HOST).',
    }),
    'redis.timeout': fail({
      message: 'Redis did not answer in time.',
      means:
        'The connection is open and nothing comes back: Redis is frozen, overloaded, or cut off by the network.',
      passesWithinMs: 10_000,
      firstCommand: 'timeout 2 redis-cli -u "$REDIS_URL" PING || echo no answer',
      fix: 'Look for a frozen process, swap or a full processor on the machine of Redis.',
    }),
    'redis.connect_timeout': fail({
      message: 'No connection to Redis came about in time.',
      means:
        'The handshake never ended: packets are dropped, Redis is frozen, or TLS is spoken to a port without it (or the other way round).',
      firstCommand: 'timeout 2 redis-cli -u "$REDIS_URL" PING || echo no answer',
      fix: 'Compare the TLS of the settings with what the port of Redis speaks, and look at the firewall.',
    }),
    'redis.tls_failed': fail({
      message: 'The TLS connection to Redis failed.',
      means: 'The certificate is not trusted, has expired or is for another name, or the port speaks no TLS.',
      firstCommand: askApi('/readyz/queue?verbose', '.message'),
      fix: 'Renew the certificate of Redis, or give its authority to the processes by NODE_EXTRA_CA_CERTS.',
    }),
    'redis.credentials_rejected': fail({
      message: 'Redis rejected the credentials.',
      means: 'User or password of the settings are wrong, missing, or have been changed in Redis.',
      firstCommand: 'redis-cli -u "$REDIS_URL" PING',
      fix: 'Correct user and password in REDIS_URL (or QUEUE_REDIS_*).',
    }),
    'redis.credentials_rotated': warn({
      message: 'Redis no longer accepts the configured credentials on new connections.',
      means:
        'Open connections stay authenticated, new ones are refused: the next reconnect or restart takes the queue down.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" PING',
      fix: 'Roll the new credentials out before anything restarts.',
    }),
    'redis.slow': warn({
      message: 'Redis answers, but slowly again and again.',
      means:
        'A fifth of the looks of the last quarter of a minute took longer than 250 ms: commands that take long, a busy machine, swap, or the network.',
      firstCommand: 'redis-cli -u "$REDIS_URL" SLOWLOG GET 10',
      fix: 'Stop what SLOWLOG GET names, or look for swap and a busy machine.',
    }),
    'redis.commands_withheld': warn({
      message: 'Redis withholds commands that would tell more of the queue.',
      means:
        'An ACL or a rename keeps them from this user; the queue works without them, but some faults are seen later or not at all.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" ACL WHOAMI',
      fix: 'Allow the Redis user +info +config|get +pubsub +client|list, or live with the warning.',
    }),
    'redis.new_connections_fail': warn({
      message: 'Redis answers on an open connection but accepts no new one.',
      means:
        'The connection limit, TLS or the network refuses new connections: the next reconnect or restart takes the queue down.',
      restart: 'harmful',
      firstCommand: 'redis-cli -u "$REDIS_URL" INFO clients',
      fix: 'Raise maxclients, or find by CLIENT LIST who leaks connections, before anything restarts.',
    }),
    'redis.connection_limit': fail({
      message: 'Redis has reached its limit of connections.',
      means: 'maxclients is used up; some client leaks connections, or the limit is too low.',
      firstCommand: 'redis-cli -u "$REDIS_URL" CONFIG GET maxclients',
      fix: 'Raise maxclients, or end the clients that leak connections.',
    }),
    'redis.not_permitted': fail({
      message: 'The Redis user may not do what the queue needs.',
      means: 'An ACL forbids the command or the keys under the prefix of the queue.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" ACL WHOAMI',
      fix: 'Allow the Redis user the keys and commands of the queue, as ACL LOG names them.',
    }),
    'redis.wrong_database': fail({
      message: 'The Redis database of the settings does not exist.',
      means: 'SELECT was refused: the number is out of range, or the server has only database 0.',
      kind: 'setup',
      firstCommand: 'redis-cli -u "$REDIS_URL" CONFIG GET databases',
      fix: 'Use database 0, or raise databases in redis.conf.',
    }),
    'queue.not_configured': fail({
      message: 'The queue is not configured: its settings cannot be used.',
      means:
        'A setting that says where the queue is (REDIS_URL, QUEUE_REDIS_*, QUEUE_PREFIX, QUEUE_NAMES, QUEUE_DRIVER, or the .env that holds them) is there and cannot be used. Nothing is connected to, for the default would be the queue of somebody else.',
      kind: 'setup',
      firstCommand: askApi('/readyz/queue?verbose', '.message'),
      fix: 'Correct the settings that the message names.',
    }),
  },
);
