import { describe, expect, it } from '@jest/globals';
import { codeDefinition } from '../../../src/modules/health/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { healthyQueue as healthy, queueRecord, SOON_MS, startQueue, untilCode } from './queue-fixture.js';

describe('the queue check when Redis would not keep what it takes', () => {
  it.concurrent('B1: fails without persistence, and warns of snapshots alone', async () => {
    const redis = await RedisServer.start(['--appendonly', 'no']);
    const module = await startQueue({ REDIS_URL: redis.url });
    expect(await untilCode(module, 'redis.persistence_off')).toMatchObject({
      status: 'fail',
      report: { durable: false },
    });
    await redis.command('CONFIG', 'SET', 'save', '900 1');
    const warned = await untilCode(module, 'redis.snapshots_only', 12_000);
    expect(warned).toMatchObject({ status: 'warn', report: { durable: true } });
    expect(warned.message).toContain('up to 900 s');
  });

  it.concurrent('warns when CONFIG is hidden, and never passes', async () => {
    const { redis } = await healthy();
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>pass', '+@all', '-config', '~*', '&*');
    const module = await startQueue({ REDIS_URL: redis.url.replace('redis://', 'redis://app:pass@') });
    const record = await untilCode(module, 'redis.durability_unknown');
    expect(record).toMatchObject({ status: 'warn', report: { durable: null } });
  });

  it.concurrent('B4: fails on a policy that evicts jobs or their locks', async () => {
    const { redis, module } = await healthy();
    for (const policy of ['allkeys-lru', 'volatile-lru']) {
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', policy);
      const record = await untilCode(module, 'redis.eviction_policy', SOON_MS);
      expect(record).toMatchObject({ status: 'fail', report: { durable: false } });
    }
  });

  it.concurrent('B7: warns of a primary whose replicas are gone', async () => {
    const { redis, module } = await healthy();
    const replica = await RedisServer.start([
      '--replicaof',
      redis.host,
      String(redis.port),
      '--repl-diskless-sync-delay',
      '0',
    ]);
    const replicas = () => (queueRecord(module).details['redis'] as { replicas: number }).replicas;
    await eventually(() => replicas() === 1, { timeoutMs: 10_000 });
    await untilCode(module, 'redis.healthy', 10_000);
    await replica.kill();
    expect(await untilCode(module, 'redis.replicas_gone', SOON_MS)).toMatchObject({ status: 'warn' });
  });
});

describe('the queue check and credentials', () => {
  it.concurrent(
    'A12: warns of a rotated password while the open connection lives, and fails when that is gone',
    async () => {
      const { redis } = await healthy();
      await redis.command('ACL', 'SETUSER', 'app', 'on', '>old-password', '+@all', '~*', '&*');
      const url = redis.url.replace('redis://', 'redis://app:old-password@');
      const module = await startQueue({ REDIS_URL: url });
      await untilCode(module, 'redis.healthy');
      await redis.command('ACL', 'SETUSER', 'app', 'resetpass', '>new-password');
      const warned = await untilCode(module, 'redis.credentials_rotated', 20_000);
      expect(warned).toMatchObject({ status: 'warn', report: { durable: true } });
      expect(codeDefinition(warned.code).restart).toBe('harmful');
      await redis.command('CLIENT', 'KILL', 'USER', 'app');
      const failed = await untilCode(module, 'redis.credentials_rejected', 1000);
      expect(JSON.stringify(failed)).not.toContain('old-password');
      await redis.command('ACL', 'SETUSER', 'app', 'resetpass', '>old-password');
      await untilCode(module, 'redis.healthy', 5000);
    },
  );

  it.concurrent('warns when Redis accepts no new connection', async () => {
    const { redis, module } = await healthy();
    const clients = String(await redis.command('INFO', 'clients'));
    const connected = Number(/connected_clients:(\d+)/.exec(clients)?.[1]);
    await redis.command('CONFIG', 'SET', 'maxclients', connected - 1);
    const warned = await untilCode(module, 'redis.new_connections_fail', 20_000);
    expect(warned.message).toContain('max number of clients');
  });
});
