import { Module, type DynamicModule } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { DatabaseCheck, POOL_METRIC } from './database.check.js';
import { DATABASE_OPTIONS, type DatabaseOptions } from './database.options.js';
import { Database } from './database.service.js';
import { IncidentHistory } from './incident-history.service.js';

const NO_DATABASE: DatabaseOptions = {
  url: undefined,
  whyNot: 'This process has no database.',
  tables: 'none',
};

/**
 * Postgres for every module: the pool, its check, and the history of incidents. Global, for there is one pool in a
 * process, and whoever uses it need not be told where it leads.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: DATABASE_OPTIONS, useValue: options },
        Database,
        DatabaseCheck,
        IncidentHistory,
        makeGaugeProvider({
          name: POOL_METRIC,
          help: 'Connections of the pool by state, work that waits for one, and the most that there may be',
          labelNames: ['state'],
        }),
      ],
      exports: [Database, DatabaseCheck, IncidentHistory],
    };
  }

  /** For a process that is to have none: who would remember something there learns that there is nothing, and no check fails. */
  static absent(): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: DATABASE_OPTIONS, useValue: NO_DATABASE }, Database],
      exports: [Database],
    };
  }
}
