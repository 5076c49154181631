import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { ConfigModule, parseSettings } from '../../../src/modules/config/index.js';
import { EnvironmentModule } from '../../../src/modules/environment/index.js';
import { EnvironmentCheck } from '../../../src/modules/environment/environment.check.js';
import { MemoryCheck } from '../../../src/modules/environment/memory.check.js';
import { answer, Board, BoardCheck, HealthModule, type Check } from '../../../src/modules/health/index.js';
import { MetricsModule } from '../../../src/modules/metrics/index.js';
import { environmentOptions } from '../../../src/options/index.js';
import { eventually } from '../../fixtures/eventually.js';

const service = { name: 'test', version: '1', environment: 'test', instanceId: 'i', startedAt: 0 };
const configuration = parseSettings({});
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  register.clear();
});

async function start(
  imports: NonNullable<ModuleMetadata['imports']>,
  { forPlatform = false, ...metadata }: ModuleMetadata & { forPlatform?: boolean } = {},
): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(configuration),
      MetricsModule.forRoot({ process: 'test', opsToken: undefined }),
      HealthModule.forRoot(service, { forPlatform }),
      ...imports,
    ],
    ...metadata,
  }).compile();
  module.useLogger(false);
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  closing.push(() => app.close());
  return await app.init();
}

/** As an engineer writes one who knows Terminus, and nothing of a board. */
@Injectable()
@BoardCheck()
class LedgerCheck implements Check {
  readonly key = 'ledger';
  readonly cadenceMs = 50;
  readonly deadlineMs = 1000;
  readonly counts = 'readiness';
  readonly dependsOn: string[] = [];

  constructor(private readonly indicators: HealthIndicatorService) {}

  run() {
    return Promise.resolve(answer(this.indicators.check(this.key), 'check.up', { message: 'balanced' }));
  }
}

@Injectable()
@BoardCheck()
class DependentCheck extends LedgerCheck {
  override readonly dependsOn = ['lodger'];
}

@Module({ providers: [LedgerCheck] })
class LedgerModule {}

@Controller('own-health')
class OwnHealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly memory: MemoryCheck,
    private readonly environment: EnvironmentCheck,
  ) {}

  @Get()
  @HealthCheck()
  read() {
    return this.health.check([() => this.memory.run(), () => this.environment.run()]);
  }
}

describe('an injectable check of any module', () => {
  it('is on the board of its process', async () => {
    const app = await start([LedgerModule]);
    const found = await eventually(() =>
      app
        .get(Board)
        .snapshot()
        .checks.find(({ key, code }) => key === 'ledger' && code === 'check.up'),
    );
    expect(found.message).toBe('balanced');
  });

  it('ends the start, and says what to do, when it depends on a check that nobody has', async () => {
    await expect(start([], { providers: [DependentCheck] })).rejects.toThrow(
      /the check "ledger" depends on "lodger".*correct its dependsOn.*\(there are: ledger, process\)/,
    );
  });
});

it('a process that serves the platform does not start without a check that it shows', async () => {
  await expect(
    start([EnvironmentModule.forRoot(environmentOptions(configuration))], { forPlatform: true }),
  ).rejects.toThrow(
    '/api/production/* shows the check "database", which this process has not: import the module',
  );
});

it("checks answer in anybody's controller of Terminus", async () => {
  const app = await start([TerminusModule, EnvironmentModule.forRoot(environmentOptions(configuration))], {
    controllers: [OwnHealthController],
  });
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/own-health`);
  // AUTH_SECRET and others are missing.
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    status: 'error',
    info: { memory: { status: 'up', code: 'memory.ok' } },
    error: { environment: { status: 'down', code: 'environment.setting_missing' } },
  });
});
