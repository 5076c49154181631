import { expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { TestDatabase } from '../fixtures/postgres.js';
import type { ForeignApp } from './foreign-app.js';
import { ask, describeNestApp } from './nest-app.js';

let database: TestDatabase;

/** Its database has tables of ours by the command that comes with the package. */
async function prepare(app: ForeignApp): Promise<Record<string, string>> {
  database = await TestDatabase.create();
  const env = { DATABASE_URL: database.url };
  const migrated = await app.run('npx', ['--no-install', 'probity-migrate'], env);
  expect(migrated).toEqual({ code: 0, output: expect.stringContaining('migrate: applied 0001_incidents') });
  return env;
}

describeNestApp('nest12-fastify', { exit: { code: 3 }, prepare }, (host) => {
  it('has its database on the board, and in it a memory of its workers', async () => {
    expect((await ask(host.api, '/readyz/database')).json).toMatchObject({ status: 'pass' });
    const known = await eventually(async () => {
      const rows = await database.query('SELECT * FROM workers');
      return rows.length >= 2 && rows;
    });
    expect(known).toHaveLength(2);
  });

  it('keeps its registry of metrics, and ours are in it', async () => {
    const { text } = await ask(host.api, '/metrics');
    expect(text).toContain('shop_metrics_asked_total 1');
    expect(text).toMatch(/^probity_/m);
  });

  it('has its own check on the board, with its own code', async () => {
    const { status, json } = await ask(host.api, '/readyz?verbose');
    expect(status).toBe(200);
    expect(json.checks.shop).toMatchObject({
      status: 'pass',
      code: 'shop.open',
      runbook: 'https://shop.example/runbook#shopopen',
    });
  });
});
