export { ConfigModule } from './config.module.js';
export {
  DATABASE_URL_SHAPE,
  describeDatabase,
  readDatabaseAddress,
  type DatabaseAddress,
} from './database-address.policy.js';
export { parsedRedisUrl, splitHostAndPort, whyNotRedisUrl } from './redis-url.js';
export type { Configuration, Environment, SettingProblem, Settings } from './configuration.js';
export { readEnvFile } from './env-file.js';
export { parseSettings } from './parse-settings.js';
export {
  DEPENDENCIES,
  SECRET_NAMES,
  SECRET_SETTINGS,
  settingsShape,
  WORDS_OF_ROOMS,
  type SettingName,
} from './settings.schema.js';
