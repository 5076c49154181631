import { beforeEach, describe, expect, it } from '@jest/globals';
import { migrate } from '../../../src/modules/database/index.js';
import { shippedMigrations } from '../../../src/modules/database/shipped-migrations.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { Watched } from './watched.js';

describe('the database check, on a database', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await TestDatabase.create();
  });

  it('without migrations names them all and the command, until they are applied', async () => {
    const watched = Watched.start(database.url);
    const { message, details } = await watched.says('database.migrations_pending');
    expect(message).toContain('0001_incidents');
    expect(message).toContain('npm run db:migrate');
    expect(details).toMatchObject({ migrations: { applied: 0, pending: shippedMigrations().names } });
    await migrate(database.url);
    await watched.says('database.healthy');
  });

  it('that lacks the newest migration only names that one', async () => {
    await migrate(database.url);
    const newest = shippedMigrations().names.at(-1);
    await database.query('DELETE FROM probity_migrations WHERE name = $1', [newest]);
    const { details } = await Watched.start(database.url).says('database.migrations_pending');
    expect(details).toMatchObject({ migrations: { pending: [newest] } });
  });

  it('that a newer version has migrated warns, so that a rolling deployment drains nobody', async () => {
    await migrate(database.url);
    await database.query(`INSERT INTO probity_migrations (name, run_on) VALUES ('9999_future', now())`);
    const { status, message } = await Watched.start(database.url).says('database.schema_newer');
    expect(status).toBe('warn');
    expect(message).toContain('9999_future');
  });

  it.each(shippedMigrations().tables)('that lost the table %s says so', async (table) => {
    await migrate(database.url);
    await database.query(`DROP TABLE ${table} CASCADE`);
    const { message } = await Watched.start(database.url).says('database.table_missing');
    expect(message).toContain(table);
  });

  it('whose user may not write says so', async () => {
    await migrate(database.url);
    const role = `reader_${database.name}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reader-password'`);
    await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'reader-password';
    await Watched.start(url.href).says('database.permission_denied');
  });

  it('that does not exist says so', async () => {
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    await Watched.start(url.href).says('database.missing');
  });

  it('behind a wrong password says so and never shows it', async () => {
    const url = new URL(database.url);
    url.password = 'not-the-password';
    const watched = Watched.start(url.href);
    await watched.says('database.credentials_rejected');
    expect(JSON.stringify(watched.board.snapshot())).not.toContain('not-the-password');
  });

  it('that no setting names says which setting', async () => {
    const { message } = await Watched.start(undefined).says('database.not_configured');
    expect(message).toContain('DATABASE_URL');
  });
});
