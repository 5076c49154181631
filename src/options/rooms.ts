import { DATABASE_URL_SHAPE, type Configuration } from '../modules/config/index.js';
import type { DatabaseOptions } from '../modules/database/index.js';

/** What each room is told of the settings, in its own words: the only place where the two meet. */

export const databaseOptions = ({ settings, problems }: Configuration): DatabaseOptions => ({
  url: settings.DATABASE_URL,
  whyNot:
    problems.find(({ name }) => name === 'DATABASE_URL')?.message ??
    `DATABASE_URL is not set; set it to ${DATABASE_URL_SHAPE}`,
});
