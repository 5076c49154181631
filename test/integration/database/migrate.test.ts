import { describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../../src/modules/database/index.js';
import { MIGRATIONS_DIR, shippedMigrations } from '../../../src/modules/database/shipped-migrations.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { TestProcess } from '../../fixtures/process.js';

describe('migrate', () => {
  it('applies every shipped migration once, whichever of many machines comes first', async () => {
    const database = await TestDatabase.create();
    const runs = await Promise.all(Array.from({ length: 8 }, () => migrate(database.url)));
    const worked = runs.filter((names) => names.length > 0);
    expect(worked).toEqual([shippedMigrations().names]);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('makes exactly the tables that the check looks for', async () => {
    const database = await TestDatabase.create();
    await migrate(database.url);
    const rows = await database.query<{ tablename: string }>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'probity_migrations'`,
    );
    expect(rows.map((row) => row.tablename).sort()).toEqual([...shippedMigrations().tables].sort());
  });

  it('applies all or nothing when one of the migrations is wrong', async () => {
    const database = await TestDatabase.create();
    const dir = mkdtempSync(join(tmpdir(), 'probity-migrations-'));
    cpSync(MIGRATIONS_DIR, dir, { recursive: true });
    writeFileSync(join(dir, '9999_wrong.sql'), 'CREATE TABLE half (id int); SELECT nonsense;');
    await expect(migrate(database.url, undefined, dir)).rejects.toThrow(/nonsense/);
    const rows = await database.query(`SELECT 1 FROM pg_tables WHERE tablename IN ('half', 'incidents')`);
    expect(rows).toEqual([]);
  });

  it('runs as a command that says what it did, and again finds nothing to do', async () => {
    const database = await TestDatabase.create();
    const env = { DATABASE_URL: database.url };
    const first = await TestProcess.start('dist/modules/database/migrate.js', { env });
    expect((await first.exited).code).toBe(0);
    expect(first.stdout).toContain('applied 0001_incidents');
    const second = await TestProcess.start('dist/modules/database/migrate.js', { env });
    expect((await second.exited).code).toBe(0);
    expect(second.stdout).toContain('up to date');
  });

  it('fails with the reason and without the password when the database cannot be had', async () => {
    const url = 'postgres://someone:hunter2-secret@127.0.0.1:1/none';
    const run = await TestProcess.start('dist/modules/database/migrate.js', { env: { DATABASE_URL: url } });
    expect((await run.exited).code).toBe(1);
    expect(run.stderr).toContain('ECONNREFUSED');
    expect(run.stderr).not.toContain('hunter2-secret');
    const unset = await TestProcess.start('dist/modules/database/migrate.js');
    expect((await unset.exited).code).toBe(1);
    expect(unset.stderr).toContain('DATABASE_URL');
  });

  it.each([
    ['host and user', 'postgres:///postgres'],
    ['host', 'postgres://u:p@/postgres'],
    ['user', 'postgres://127.0.0.1/postgres'],
    ['database', 'postgres://u:p@127.0.0.1'],
  ])(
    'connects to nothing when the address leaves out its %s, whatever the environment has',
    async (part, url) => {
      let knocks = 0;
      const trap = createServer((socket) => {
        knocks += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
      atEnd(() => void trap.close());
      const { port } = trap.address() as AddressInfo;
      const env = {
        DATABASE_URL: url,
        PGHOST: '127.0.0.1',
        PGPORT: String(port),
        PGUSER: 'somebody',
        PGPASSWORD: 'else',
        PGDATABASE: 'postgres',
      };
      const run = await TestProcess.start('dist/modules/database/migrate.js', { env });
      expect((await run.exited).code).toBe(1);
      expect(run.stderr).toContain(`DATABASE_URL must name its ${part}:`);
      expect(knocks).toBe(0);
      await expect(migrate(url)).rejects.toThrow('DATABASE_URL must name its');
    },
  );
});
