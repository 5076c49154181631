import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { codeDefinition } from '../../../src/modules/health/index.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { healthyQueue as healthy, queueRecord, SOON_MS, startQueue, untilCode } from './queue-fixture.js';

function durable(module: TestingModule): boolean | null | undefined {
  return (queueRecord(module).report as { durable: boolean | null } | undefined)?.durable;
}

describe('the queue check on a Redis that is well', () => {
  it('passes with the words of the contract, and measures how long a write takes', async () => {
    const { module } = await healthy();
    const record = queueRecord(module);
    expect(record).toMatchObject({
      status: 'pass',
      message: 'Redis connection healthy',
      report: { durable: true },
    });
    expect((record.report as { latencyMs: number }).latencyMs).toBeLessThan(500 * crowd());
  });

  it('costs Redis less than five commands a second', async () => {
    const { redis, module } = await healthy();
    const count = async () => {
      const info = String(await redis.command('INFO', 'stats'));
      return Number(/total_commands_processed:(\d+)/.exec(info)?.[1]);
    };
    const began = performance.now();
    const first = await count();
    // By the clock: the look before this one may be long past on a busy machine.
    const until = Date.now() + 6000;
    await eventually(() => (queueRecord(module).checkedAt ?? 0) >= until, { timeoutMs: 9000 });
    const perSecond = ((await count()) - first) / ((performance.now() - began) / 1000);
    expect(perSecond).toBeLessThan(5);
  });

  it('says of the in-memory driver that nothing will be persisted', async () => {
    const module = await startQueue({ QUEUE_DRIVER: 'inmemory' });
    const record = await untilCode(module, 'queue.inmemory');
    expect(record).toMatchObject({
      status: 'fail',
      message: 'Queue driver is running in non-durable in-memory mode. Jobs will not be persisted.',
      report: { durable: false },
    });
  });
});

describe('the queue check when Redis takes no work', () => {
  it('fails before its next look is due when Redis is killed, with the reason, and recovers by itself', async () => {
    const { redis, module } = await healthy();
    await redis.kill();
    const record = await untilCode(module, 'redis.unreachable', 1200);
    expect(record.message).toMatch(/ECONNREFUSED|ECONNRESET/);
    await redis.restart();
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('takes no notice of a connection that was merely cut', async () => {
    const { redis, module } = await healthy();
    const { checkedAt } = queueRecord(module);
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await eventually(() => queueRecord(module).checkedAt !== checkedAt);
    expect(queueRecord(module)).toMatchObject({ code: 'redis.healthy', since: expect.any(Number) });
  });

  it('fails within 2.5 s when Redis is frozen', async () => {
    const { redis, module } = await healthy();
    redis.pause();
    try {
      await untilCode(module, 'redis.timeout', SOON_MS);
    } finally {
      redis.resume();
    }
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('A1: names snapshots that fail, whether writes are refused or not (A2)', async () => {
    const { redis, module } = await healthy(['--dbfilename', 'd.rdb']);
    const file = join(redis.dataDir, 'd.rdb');
    mkdirSync(file);
    writeFileSync(join(file, 'full'), '');
    await redis.command('CONFIG', 'SET', 'save', '3600 1');
    await redis.command('SET', 'some', 'thing');
    await redis.command('BGSAVE');
    const refused = await untilCode(module, 'redis.snapshot_failing', SOON_MS);
    expect(refused.message).toContain('MISCONF');
    expect(codeDefinition(refused.code).restart).toBe('harmful');
    await redis.command('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no');
    await eventually(() => durable(module) === false && queueRecord(module).message.includes('not saved'));
    expect(queueRecord(module)).toMatchObject({ code: 'redis.snapshot_failing', status: 'fail' });
    rmSync(file, { recursive: true });
    await redis.command('BGSAVE');
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('A4: names a Redis that is full', async () => {
    const { redis, module } = await healthy();
    await redis.command('CONFIG', 'SET', 'maxmemory', 1);
    expect((await untilCode(module, 'redis.out_of_memory', SOON_MS)).message).toContain('OOM');
    await redis.command('CONFIG', 'SET', 'maxmemory', 0);
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('warns before Redis is full', async () => {
    const { redis, module } = await healthy();
    const info = String(await redis.command('INFO', 'memory'));
    const used = Number(/used_memory:(\d+)/.exec(info)?.[1]);
    await redis.command('CONFIG', 'SET', 'maxmemory', Math.round(used * 1.1));
    expect(await untilCode(module, 'redis.memory_high', SOON_MS)).toMatchObject({ status: 'warn' });
  });

  it('A5: names a replica, and recovers when it is promoted', async () => {
    const { redis, module } = await healthy();
    await redis.command('REPLICAOF', '127.0.0.1', 1);
    await untilCode(module, 'redis.read_only', SOON_MS);
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('A7: tells held-back writes from a frozen Redis', async () => {
    const { redis, module } = await healthy();
    await redis.command('CLIENT', 'PAUSE', 60_000, 'WRITE');
    await untilCode(module, 'redis.writes_paused', SOON_MS);
    await redis.command('CLIENT', 'UNPAUSE');
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('A10: says that Redis is loading, with the time left', async () => {
    const snapshots = ['--appendonly', 'no', '--save', '3600 1', '--enable-debug-command', 'local'];
    const redis = await RedisServer.start(snapshots);
    const module = await startQueue({ REDIS_URL: redis.url });
    await redis.command('DEBUG', 'POPULATE', 20_000, 'key', 100);
    await redis.command('SAVE');
    const slowly = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024'];
    await redis.restart({ args: [...snapshots, ...slowly], until: 'listening' });
    expect((await untilCode(module, 'redis.loading', SOON_MS)).message).toContain('s left');
  });

  it('names a script that blocks everything', async () => {
    const { redis, module } = await healthy(['--busy-reply-threshold', '100']);
    const stuck = redis.command('EVAL', 'while true do end', 0).catch(() => undefined);
    await untilCode(module, 'redis.busy', 4000);
    await redis.client({ enableReadyCheck: false }).call('SCRIPT', 'KILL');
    await stuck;
    await untilCode(module, 'redis.healthy', SOON_MS);
  });

  it('names a user that may not write there', async () => {
    const { redis } = await healthy();
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>pass', '+@all', '~other:*');
    const url = redis.url.replace('redis://', 'redis://app:pass@');
    await untilCode(await startQueue({ REDIS_URL: url }), 'redis.not_permitted');
  });

  it.each([
    ['redis.unreachable', 'redis://127.0.0.1:1'],
    ['redis.unresolved', 'redis://nobody.invalid'],
  ])('%s', async (code, url) => {
    const module = await startQueue({ REDIS_URL: url });
    await untilCode(module, code);
  });

  it('names a database that does not exist', async () => {
    const { redis } = await healthy();
    await untilCode(await startQueue({ REDIS_URL: `${redis.url}/99` }), 'redis.wrong_database');
  });

  it('A13: does not hang when TLS is spoken to a plain port', async () => {
    const { redis } = await healthy();
    const module = await startQueue({ REDIS_URL: redis.url.replace('redis:', 'rediss:') });
    await eventually(() => queueRecord(module).checkedAt !== null);
    expect(['redis.connect_timeout', 'redis.tls_failed']).toContain(queueRecord(module).code);
  });
});
