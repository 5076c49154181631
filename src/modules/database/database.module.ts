import { Global, Module } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { DatabaseCheck, POOL_METRIC } from './database.check.js';
import { Database } from './database.service.js';
import { IncidentHistory } from './incident-history.service.js';

/** Postgres for every module: the pool, its check, and the history of incidents. */
@Global()
@Module({
  providers: [
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
})
export class DatabaseModule {}
