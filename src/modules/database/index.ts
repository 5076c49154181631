export { DatabaseModule } from './database.module.js';
export { Database, type PoolUse } from './database.service.js';
export { DatabaseUnavailableError } from './database-unavailable.error.js';
export { IncidentHistory, type RecordedIncident } from './incident-history.service.js';
export { migrate } from './run-migrations.js';
