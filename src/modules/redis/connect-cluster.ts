import { Cluster, type Redis } from 'ioredis';
import { withOwnTime } from '../kernel/index.js';
import type { Connected } from './connect-watch.js';
import { redisOptions } from './create-redis.js';
import { redisFailure } from './redis-failure.policy.js';
import type { RedisTarget } from './redis-target.js';
import { withheldBy } from './withheld.js';

/** Whether this server is a node of a Cluster; false where it does not tell. */
export async function isClusterNode(redis: Redis): Promise<boolean> {
  const info = await redis.info('cluster').catch(withheldBy<string>(''));
  return /^cluster_enabled:1/m.test(info);
}

/**
 * Connects to the whole Cluster of which one node is known, as `connectWatch` does to one server: by the same credentials,
 * and never by itself again. What it answers with is used as a connection is; `primariesOf` tells its nodes apart.
 */
export async function connectCluster(
  target: RedisTarget,
  name: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Connected> {
  const { host: _host, port: _port, db: _db, ...rest } = redisOptions(target, 'watch');
  const cluster = new Cluster([{ host: target.host, port: target.port }], {
    lazyConnect: true,
    enableReadyCheck: false,
    slotsRefreshTimeout: deadlineMs,
    clusterRetryStrategy: () => null,
    // A certificate is for names, which are not to become addresses before.
    ...(target.tls ? { dnsLookup: (address, done) => done(null, address) } : {}),
    redisOptions: { ...rest, connectionName: name, commandTimeout: deadlineMs },
  });
  let first: Error | undefined;
  cluster.on('error', (error: Error) => (first ??= error));
  const abort = () => cluster.disconnect();
  signal.addEventListener('abort', abort, { once: true });
  const outcome = await withOwnTime(deadlineMs, () => cluster.connect());
  signal.removeEventListener('abort', abort);
  if (outcome.kind === 'answered') return { kind: 'connected', redis: cluster as unknown as Redis };
  cluster.disconnect();
  if (outcome.kind === 'threw') return { kind: 'failed', failure: redisFailure(first ?? outcome.error) };
  const text = `no connection to the Cluster within ${deadlineMs} ms`;
  return { kind: 'failed', failure: { code: 'redis.connect_timeout', text, disconnected: false } };
}
