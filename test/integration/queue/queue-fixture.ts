import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { register } from 'prom-client';
import { ConfigModule, parseSettings } from '../../../src/modules/config/index.js';
import { HealthModule } from '../../../src/modules/health/index.js';
import { MetricsModule } from '../../../src/modules/metrics/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import { atEnd } from '../../fixtures/cleanup.js';

@Module({})
class Together {
  static of(parts: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: Together, imports: parts };
  }
}

let instances = 0;

/** A process in small: settings, metrics, health and the queue, closed when the test file has ended. */
export async function startQueue(environment: Record<string, string>): Promise<TestingModule> {
  const configuration = parseSettings({ NODE_ENV: 'test', ...environment });
  // One registry a process, and this file holds several processes in small.
  register.clear();
  const service = {
    name: 'test',
    version: '0.0.0',
    environment: 'test',
    instanceId: `instance-${++instances}`,
    startedAt: Date.now(),
  };
  const module = await Test.createTestingModule({
    imports: [
      Together.of([
        ConfigModule.forRoot(configuration),
        MetricsModule.forRoot('test'),
        HealthModule.forRoot(service),
        QueueModule.forRoot(configuration.settings),
      ]),
    ],
  }).compile();
  module.enableShutdownHooks();
  await module.init();
  atEnd(() => module.close());
  return module;
}
