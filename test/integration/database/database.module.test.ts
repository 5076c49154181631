import { describe, expect, it } from '@jest/globals';
import { Database, DatabaseModule } from '../../../src/modules/database/index.js';
import { Board } from '../../../src/modules/health/index.js';
import { databaseOptions } from '../../../src/options/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { smallProcess } from '../../fixtures/small-process.js';

describe('the database module', () => {
  it('puts its check on the board of a process, gives others the pool, and leaves nothing open', async () => {
    const database = await TestDatabase.migrated();
    const app = await smallProcess({ DATABASE_URL: database.url }, (configuration) => [
      DatabaseModule.forRoot(databaseOptions(configuration)),
    ]);
    await app.init();
    await eventually(() =>
      app
        .get(Board)
        .snapshot()
        .checks.some(({ code }) => code === 'database.healthy'),
    );
    await app.get(Database).query('SELECT 1');
    await app.close();
    const open = await database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND application_name = 'probity-test'`,
      [database.name],
    );
    expect(open).toEqual([{ n: 0 }]);
  });
});
