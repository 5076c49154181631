import type { RedisTarget } from '../modules/redis/index.js';
import { redisTargetOfUrl, whyNotRedisUrl } from '../options/index.js';
import { ProbityOptionsError, type RedisAddress, type RedisOption } from './probity.options.js';

/** What the option means. Throws `ProbityOptionsError`, without the option's value. */
export function targetOf(option: RedisOption): RedisTarget {
  if (typeof option === 'string') {
    const why = whyNotRedisUrl(option);
    if (why !== undefined) throw new ProbityOptionsError('redis', why);
    return redisTargetOfUrl(option);
  }
  if (typeof option !== 'object' || (option as unknown) === null)
    throw new ProbityOptionsError('redis', 'must be a URL, { host, port }, or a client of ioredis');
  if ('isCluster' in option && option.isCluster === true)
    throw new ProbityOptionsError(
      'redis',
      'is a Cluster, which is not watched yet: its workers can have heartbeats all the same',
    );
  return ofAddress('options' in option ? option.options : option);
}

function ofAddress(address: RedisAddress): RedisTarget {
  const { host = '127.0.0.1', port = 6379, db = 0, username, password, family, path, tls } = address;
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ProbityOptionsError('redis.port', 'must be a whole number from 1 to 65535');
  if (!Number.isInteger(db) || db < 0)
    throw new ProbityOptionsError('redis.db', 'must be the number of a database, such as 0');
  return {
    host,
    port,
    db,
    username: username || undefined,
    password: password || undefined,
    tls: tls !== undefined,
    family: family === 4 || family === 6 ? family : 0,
    sentinel: sentinelsOf(address),
    own: { ...(path == null ? {} : { path }), ...(tls == null ? {} : { tls }) },
  };
}

function sentinelsOf({ sentinels, name, sentinelUsername, sentinelPassword }: RedisAddress) {
  if (sentinels == null || sentinels.length === 0) return undefined;
  if (name === undefined)
    throw new ProbityOptionsError('redis.name', 'must say what the Sentinels call the primary');
  const nodes = sentinels.map(({ host = '127.0.0.1', port = 26_379 }) => ({ host, port }));
  return { name, nodes, username: sentinelUsername, password: sentinelPassword };
}
