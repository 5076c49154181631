import { describe, expect, it } from '@jest/globals';
import { Processor, BullModule, WorkerHost } from '@nestjs/bullmq';
import { Controller, ForbiddenException, Get, Injectable, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Queue } from 'bullmq';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  answer,
  BoardCheck,
  type Check,
  DatabaseHealthIndicator,
  defineCodes,
  fail,
  fromTerminus,
  ProbityModule,
  QueueHealthIndicator,
  WorkerHealthIndicator,
} from '../../../src/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { application } from './application.js';

@Controller('health')
class OwnHealth {
  constructor(
    private readonly health: HealthCheckService,
    private readonly queue: QueueHealthIndicator,
    private readonly worker: WorkerHealthIndicator,
    private readonly database: DatabaseHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.queue.isHealthy('queue')]);
  }

  @Get('workers')
  @HealthCheck()
  workers() {
    return this.health.check([() => this.worker.isHealthy('workers')]);
  }

  @Get('database')
  @HealthCheck()
  storage() {
    return this.health.check([() => this.database.isHealthy('storage')]);
  }
}

@Controller('readyz')
class Taken {
  @Get()
  never() {
    return { mine: true };
  }
}

@Controller('things')
class Things {
  @Get()
  all() {
    return { things: [] };
  }
}

declare global {
  namespace Probity {
    interface Codes {
      'test.licence_expired': unknown;
    }
  }
}
defineCodes(
  { runbook: 'https://example.org/runbook', target: 'self' },
  {
    'test.licence_expired': fail({
      message: 'The licence has expired.',
      means: 'Its last day is over.',
      firstCommand: 'cat licence',
      fix: 'Buy another one.',
    }),
  },
);

@Injectable()
@BoardCheck()
class Licence implements Check {
  static expired = false;
  readonly key = 'licence';
  readonly cadenceMs = 100;
  readonly deadlineMs = 1000;
  readonly counts = 'declared';

  constructor(private readonly indicators: HealthIndicatorService) {}

  run() {
    const indicator = this.indicators.check(this.key);
    return Promise.resolve(Licence.expired ? answer(indicator, 'test.licence_expired') : indicator.up());
  }
}

describe('ProbityModule in an application', () => {
  it('answers the probes over its queues, and leaves all else to the application', async () => {
    const redis = await RedisServer.start();
    const { app, get, until } = await application({
      imports: [TerminusModule, ProbityModule.forRoot({ redis: redis.url, queues: ['mail', 'images'] })],
      controllers: [OwnHealth, Taken, Things],
      change: (app) =>
        app.setGlobalPrefix('v1', { exclude: ['health'] }).useGlobalGuards({
          canActivate: (context) => {
            if (context.getClass() === Things) throw new ForbiddenException();
            return true;
          },
        }),
    });
    expect((await get('/livez')).status).toBe(200);
    // Where localhost means two addresses, Fastify has a server of its own for the second.
    const second = createServer((request, response) => {
      app.getHttpAdapter().getInstance().routing(request, response);
    }).listen(0, '127.0.0.1');
    atEnd(() => void second.close());
    await once(second, 'listening');
    const { port } = second.address() as AddressInfo;
    const asked = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect(await asked('/livez')).toBe(200);
    expect(await asked('/readyz/nothing')).toBe(404);
    expect(await asked('/v1/things')).toBe(403);
    const ready = await until('/readyz', 200);
    expect(Object.keys(ready['checks'] ?? {}).sort()).toEqual(['process', 'queue']);
    expect((await get('/readyz/queue?verbose')).body).toMatchObject({
      code: expect.stringMatching(/^redis\./),
      details: { memory: null },
    });
    expect((await get('/readyz/nothing')).status).toBe(404);
    expect((await get('/healthz')).body).toMatchObject({ service: 'app', live: true });
    const production = await until('/api/production/ready', 200);
    expect(production['checks']).toEqual({ queue: true });
    expect(await until('/api/production/queue/heartbeat', 503)).toMatchObject({
      worker: { started: false, queue: 'mail' },
      queueDepths: { mail: { waiting: 0 }, images: { waiting: 0 } },
    });
    // Its own: at its paths, behind its prefix and its guards.
    expect(await until('/health', 200)).toMatchObject({ details: { queue: { code: expect.any(String) } } });
    expect((await get('/v1/health/workers')).status).toBe(503);
    expect((await get('/v1/health/database')).body).toMatchObject({ error: { storage: { status: 'down' } } });
    expect((await get('/v1/readyz')).body).toEqual({ mine: true });
    expect((await get('/v1/things')).status).toBe(403);
    expect((await get('/api/production/other')).status).toBe(404);
    expect((await get('/metrics')).status).toBe(404);
    await redis.kill();
    await until('/readyz', 503);
    await until('/health', 503);
    await redis.restart();
    await until('/readyz', 200);
  });

  it('starts whatever is down, and is ready when it has come', async () => {
    const redis = await RedisServer.start();
    await redis.kill();
    const { get, until } = await application({
      imports: [ProbityModule.forRoot({ redis: redis.url, queues: ['mail'] })],
    });
    expect((await get('/livez')).status).toBe(200);
    await until('/readyz', 503);
    await redis.restart();
    await until('/readyz', 200);
  });

  it('gives every worker of the application heartbeats, whose death shows', async () => {
    const redis = await RedisServer.start();
    const connection = { host: redis.host, port: redis.port };
    const seen: string[] = [];
    @Processor('mail')
    class Mail extends WorkerHost {
      override async process(job: { name: string }) {
        seen.push(job.name);
        return await Promise.resolve();
      }
    }
    @Processor('images')
    class Images extends WorkerHost {
      override process = () => Promise.resolve();
    }
    const { app, get, until } = await application({
      imports: [
        BullModule.forRoot({ connection }),
        BullModule.registerQueue({ name: 'mail' }, { name: 'images' }),
        ProbityModule.forRoot({ redis: connection, queues: ['mail', 'images'], instrument: 'all' }),
      ],
      providers: [Mail, Images],
    });
    await eventually(
      async () => {
        const { status, body } = await get('/api/production/queue/heartbeat');
        return status === 200 && (body['workers'] as unknown as unknown[]).length === 2;
      },
      { timeoutMs: 15_000, what: 'heartbeats of both' },
    );
    const queue = new Queue('mail', { connection });
    atEnd(() => queue.close());
    await queue.add('letter', {});
    await eventually(() => seen.includes('letter'), { what: 'the job' });
    // No user's processor ever sees the canary.
    await eventually(async () => (await queue.getJobCounts('completed'))['completed'] === 1);
    expect(seen).toEqual(['letter']);
    await until('/readyz/consumption', 200);
    await app.get(Mail).worker.close();
    await until('/api/production/queue/heartbeat', 503);
  });

  it("puts the application's own indicators on the board, with codes of their own", async () => {
    const redis = await RedisServer.start();
    let full = false;
    const disk = () => Promise.resolve({ disk: { status: full ? 'down' : 'up', free: 7 } });
    const old = () => {
      throw Object.assign(new Error('of the older style'), {
        causes: { old: { status: 'down', why: 'so' } },
      });
    };
    @Module({ providers: [Licence], imports: [TerminusModule] })
    class Elsewhere {}
    const { until, untilCode } = await application({
      imports: [
        Elsewhere,
        ProbityModule.forRoot({
          redis: redis.url,
          queues: ['mail'],
          checks: [
            fromTerminus('disk', disk, { cadenceMs: 100 }),
            fromTerminus('old', old, { cadenceMs: 100, counts: 'informative' }),
          ],
        }),
      ],
    });
    expect(await until('/readyz/disk', 200)).toMatchObject({ code: 'check.up' });
    await untilCode('/readyz/old', 'check.down');
    const ready = await until('/api/production/ready', 200);
    expect(ready['checks']).toEqual({ dependencies: true, queue: true });
    full = true;
    expect(await until('/api/production/ready', 503)).toMatchObject({ checks: { dependencies: false } });
    full = false;
    await until('/readyz', 200);
    Licence.expired = true;
    expect(await until('/readyz/licence?verbose', 503)).toMatchObject({
      code: 'test.licence_expired',
      message: 'The licence has expired.',
      runbook: 'https://example.org/runbook#testlicence_expired',
    });
    Licence.expired = false;
    await until('/readyz', 200);
  });
});
