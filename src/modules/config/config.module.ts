import { Module, type DynamicModule } from '@nestjs/common';
import { createRedact, REDACT } from '../kernel/index.js';
import type { Configuration } from './configuration.js';

/** Inject with `@Inject(CONFIGURATION) configuration: Configuration`. */
export const CONFIGURATION = Symbol('CONFIGURATION');
/** Inject with `@Inject(SETTINGS) settings: Settings`. */
export const SETTINGS = Symbol('SETTINGS');

/** The environment, parsed once by the bootstrap and given to every module. */
@Module({})
export class ConfigModule {
  static forRoot(configuration: Configuration): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CONFIGURATION, useValue: configuration },
        { provide: SETTINGS, useValue: configuration.settings },
        { provide: REDACT, useValue: createRedact(configuration.secrets) },
      ],
      exports: [CONFIGURATION, SETTINGS, REDACT],
    };
  }
}
