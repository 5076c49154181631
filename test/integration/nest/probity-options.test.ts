import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { ProbityModule, type ProbityOptions } from '../../../src/index.js';
import { migrate } from '../../../src/modules/database/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { application } from './application.js';

const withOptions = async (options: Partial<ProbityOptions>) => {
  const redis = await RedisServer.start();
  return await application({
    imports: [ProbityModule.forRoot({ redis: redis.url, queues: ['mail'], ...options })],
  });
};

describe('options of ProbityModule', () => {
  it('may come from other providers, and Redis from a client, which is left alone', async () => {
    const redis = await RedisServer.start();
    const client = new Redis(redis.url, { lazyConnect: true });
    atEnd(() => client.disconnect());
    @Injectable()
    class Settings {
      readonly queues = ['mail'];
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const { until } = await application({
      imports: [
        ProbityModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: async ({ queues }: Settings) => await Promise.resolve({ redis: client, queues }),
        }),
      ],
    });
    await until('/readyz', 200);
    expect(client.status).toBe('wait');
  });

  it('say who sees details, and with which paths', async () => {
    const token = 'a-token-of-the-application';
    const shown = await withOptions({ details: { bearer: token }, name: 'shop', version: '7' });
    await shown.until('/readyz', 200);
    expect((await shown.get('/healthz')).body).toMatchObject({ service: 'shop', version: '7', pid: null });
    const authorized = await shown.get('/healthz', { authorization: `Bearer ${token}` });
    expect(authorized.body).toMatchObject({ pid: process.pid });

    const never = await withOptions({
      details: 'never',
      paths: { livez: '/probes/alive', readyz: '/probes/ready', healthz: false, production: '/internal' },
    });
    expect(await never.until('/probes/ready/queue?verbose', 200)).toMatchObject({ details: {} });
    expect((await never.get('/probes/alive')).status).toBe(200);
    expect((await never.get('/internal/queue/heartbeat')).status).toBe(503);
    for (const path of ['/livez', '/readyz', '/healthz', '/api/production/ready'])
      expect((await never.get(path)).status).toBe(404);

    const none = await withOptions({ paths: false });
    expect((await none.get('/livez')).status).toBe(404);
  });

  it('give the database a check, and a memory once its tables are there; and write nothing where none is wanted', async () => {
    const [mine, bare] = [await TestDatabase.create(), await TestDatabase.create()];
    const remembering = await withOptions({ database: mine.url });
    const missing = await remembering.until('/readyz/database', 200);
    expect(missing).toMatchObject({ status: 'warn', code: 'database.memory_missing' });
    await remembering.until('/readyz', 200);
    await migrate(mine.url);
    await remembering.untilCode('/readyz/database', 'database.healthy');
    const queue = await remembering.until('/readyz/queue?verbose', 200);
    expect(queue['details']).toMatchObject({ memory: 'database' });
    await eventually(async () => (await mine.query('SELECT 1 FROM queue_incarnations')).length === 1, {
      timeoutMs: 15_000,
      what: 'the incarnation, remembered',
    });

    const looking = await withOptions({ database: { url: bare.url, memory: false } });
    await looking.untilCode('/readyz/database', 'database.healthy');
    const tables = await bare.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
    expect(tables).toEqual([]);
  });
});
