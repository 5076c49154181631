export { DatabaseModule } from './database.module.js';
export { Database } from './database.service.js';
export type { PoolUse } from './pool-use.js';
export { connectionTo, NamedClient } from './connection.js';
export { DatabaseUnavailableError } from './database-unavailable.error.js';
export { IncidentHistory, type RecordedIncident } from './incident-history.service.js';
export { migrate } from './run-migrations.js';
export { withoutValues } from './driver-error.policy.js';
export type { DryRun } from './dry-run.js';
