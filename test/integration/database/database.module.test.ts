import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { ConfigModule, parseSettings } from '../../../src/modules/config/index.js';
import { Database, DatabaseModule } from '../../../src/modules/database/index.js';
import { Board, HealthModule } from '../../../src/modules/health/index.js';
import { MetricsModule } from '../../../src/modules/metrics/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';

describe('the database module', () => {
  it('puts its check on the board of a process, gives others the pool, and leaves nothing open', async () => {
    const database = await TestDatabase.migrated();
    const service = {
      name: 'api',
      version: '1',
      environment: 'test',
      instanceId: 'one',
      startedAt: Date.now(),
    };
    const app = await Test.createTestingModule({
      imports: [
        ConfigModule.forRoot(parseSettings({ NODE_ENV: 'test', DATABASE_URL: database.url })),
        MetricsModule.forRoot('api'),
        HealthModule.forRoot(service),
        DatabaseModule,
      ],
    }).compile();
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
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND application_name = 'probity-api'`,
      [database.name],
    );
    expect(open).toEqual([{ n: 0 }]);
  });
});
