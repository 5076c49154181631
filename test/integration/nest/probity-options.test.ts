import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { Gauge, register, Registry } from 'prom-client';
import { Board, ProbityModule, type ProbityOptions } from '../../../src/index.js';
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

  it('keep what is no check off the board, and say where it is', async () => {
    const starting = withOptions({ checks: [{ key: 'disk', run: () => Promise.resolve({}) } as never] });
    await expect(starting).rejects.toThrow(
      /^ProbityModule: checks has in the option checks what is no check/,
    );
  });

  it('put metrics into the registry that is given, or nowhere, and never over those of somebody else', async () => {
    const redis = await RedisServer.start();
    const mine = new Registry();
    const { until } = await withOptions({ redis: redis.url, metrics: mine });
    await until('/readyz', 200);
    expect(await mine.metrics()).toMatch(/probity_check_status\{check="queue",status="pass"\} 1/);
    expect(register.getSingleMetric('probity_check_status')).toBeUndefined();

    const none = await withOptions({ redis: redis.url, metrics: false });
    await none.until('/readyz', 200);
    expect(await register.metrics()).not.toContain('probity_');

    register.clear();
    const taken = application({
      imports: [ProbityModule.forRoot({ redis: redis.url, queues: ['mail'] })],
      change: () => void new Gauge({ name: 'probity_check_status', help: 'of somebody else' }),
    });
    await expect(taken).rejects.toThrow(
      /metrics cannot go to the registry, which has a probity_check_status already/,
    );
  });

  it('say goodbye: readiness is red before the application closes, and a process without HTTP has what it needs', async () => {
    const redis = await RedisServer.start();
    const { app, until } = await withOptions({ redis: redis.url });
    await until('/readyz', 200);
    const board = app.get(Board);
    const codes: string[] = [];
    board.onTransition(({ check, code }) => check === 'process' && codes.push(code));
    await app.close();
    expect(codes).toEqual(['process.draining']);

    register.clear();
    @Module({ imports: [ProbityModule.forRoot({ redis: redis.url, queues: ['mail'] })] })
    class OnlyWorks {}
    const context = await NestFactory.createApplicationContext(OnlyWorks, {
      logger: false,
      abortOnError: false,
    });
    atEnd(() => context.close());
    await eventually(
      () =>
        context
          .get(Board)
          .snapshot()
          .checks.some((each) => each.code === 'redis.healthy'),
      {
        timeoutMs: 15_000,
      },
    );
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
