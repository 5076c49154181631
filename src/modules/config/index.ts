export { CONFIGURATION, ConfigModule, REDACT, SETTINGS } from './config.module.js';
export {
  DATABASE_URL_SHAPE,
  describeDatabase,
  readDatabaseAddress,
  type DatabaseAddress,
} from './database-address.policy.js';
export {
  parseSettings,
  type Configuration,
  type Environment,
  type SettingProblem,
  type Settings,
} from './parse-settings.js';
export { DEPENDENCIES, SECRET_SETTINGS, settingsShape, type SettingName } from './settings.schema.js';
