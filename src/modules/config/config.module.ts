import { Module, type DynamicModule } from '@nestjs/common';
import { createRedact, REDACT } from '../kernel/index.js';
import type { Configuration } from './configuration.js';

/** What takes the secrets of the environment out of a text, for every module: each says something. */
@Module({})
export class ConfigModule {
  static forRoot({ secrets }: Pick<Configuration, 'secrets'>): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: REDACT, useValue: createRedact(secrets) }],
      exports: [REDACT],
    };
  }
}
