import './redis.codes.js';

export { connectionsTo, type Connections, type NamedConnection } from './connections.js';
export { connectCluster, isClusterNode } from './connect-cluster.js';
export { connectWatch, type Connected } from './connect-watch.js';
export { createRedis, redisOptions, type RedisOptions, type RedisRole } from './create-redis.js';
export { SERVER_CLOCK_SCRIPT, ServerClock } from './server-clock.js';
export { primariesOf } from './nodes.js';
export { attempted, pipelined } from './pipeline.js';
export { onlyReading, type Reading } from './only-reading.js';
export { PresenceReader, type Presence, type Present } from './presence.js';
export { redisFailure, type RedisCode, type RedisFailure } from './redis-failure.policy.js';
export { RedisNotConfiguredError } from './no-connector.js';
export { describeTarget, isLoopback, type RedisTarget } from './redis-target.js';
export { WatchConnection } from './watch-connection.js';
export { isWithheld } from './withheld.policy.js';
export { withheldBy } from './withheld.js';
