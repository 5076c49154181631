import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { Board } from '../modules/health/index.js';
import { createRedact } from '../modules/kernel/index.js';
import { DatabaseHealthIndicator, QueueHealthIndicator, WorkerHealthIndicator } from './indicators.js';
import type { Plan } from './plan.js';
import { ProbityService } from './probity.service.js';
import type { ProbityAsyncOptions, ProbityOptions } from './probity.options.js';
import { readOptions } from './read-options.js';
import { PROBITY_OPTIONS, PROBITY_PLAN } from './tokens.js';

/**
 * The health of an application's queues, workers and dependencies, in one import: probes, `/api/production/*`, a board
 * for indicators of its own, and heartbeats of its workers. Global: any controller may ask its indicators.
 */
@Module({})
export class ProbityModule {
  /**
   * Throws `ProbityOptionsError` for an option that cannot be used; what is away only while the application runs keeps
   * it from nothing.
   *
   * @example
   * ```ts
   * import { Module } from '@nestjs/common';
   * import { ProbityModule } from '@probity/nest';
   *
   * @Module({
   *   imports: [ProbityModule.forRoot({ redis: process.env.REDIS_URL, queues: ['mail'], instrument: 'all' })],
   * })
   * export class AppModule {}
   * ```
   */
  static forRoot(options: ProbityOptions): DynamicModule {
    const plan = readOptions(options, process.env);
    return moduleOf([
      { provide: PROBITY_OPTIONS, useValue: options },
      { provide: PROBITY_PLAN, useValue: plan },
    ]);
  }

  /**
   * As `forRoot`, with options that other providers know. The application does not start with one that cannot be used.
   *
   * @example
   * ```ts
   * import { Module } from '@nestjs/common';
   * import { ProbityModule } from '@probity/nest';
   *
   * class Settings {
   *   readonly redisUrl = process.env.REDIS_URL;
   * }
   *
   * @Module({ providers: [Settings], exports: [Settings] })
   * class SettingsModule {}
   *
   * @Module({
   *   imports: [
   *     ProbityModule.forRootAsync({
   *       imports: [SettingsModule],
   *       inject: [Settings],
   *       useFactory: ({ redisUrl }: Settings) => ({ redis: redisUrl, queues: ['mail'] }),
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static forRootAsync({ imports = [], inject = [], useFactory }: ProbityAsyncOptions): DynamicModule {
    return moduleOf(
      [
        { provide: PROBITY_OPTIONS, useFactory, inject },
        {
          provide: PROBITY_PLAN,
          useFactory: (options: ProbityOptions) => readOptions(options, process.env),
          inject: [PROBITY_OPTIONS],
        },
      ],
      imports,
    );
  }
}

function moduleOf(options: Provider[], imports: NonNullable<DynamicModule['imports']> = []): DynamicModule {
  const indicators = [QueueHealthIndicator, WorkerHealthIndicator, DatabaseHealthIndicator];
  return {
    module: ProbityModule,
    global: true,
    imports: [...imports, DiscoveryModule, TerminusModule],
    providers: [
      ...options,
      {
        provide: Board,
        useFactory: ({ secrets }: Plan) => new Board(createRedact(secrets)),
        inject: [PROBITY_PLAN],
      },
      ...indicators,
      ProbityService,
    ],
    exports: [Board, ...indicators],
  };
}
