import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the migrations that this build ships, one `<number>_<name>.sql` each. */
export const MIGRATIONS_DIR = fileURLToPath(new URL('./migrations', import.meta.url));

/** Where the database remembers which migrations it has seen. Not node-pg-migrate's own default, so that an application beside us may use that. */
export const MIGRATIONS_TABLE = 'probity_migrations';

export interface ShippedMigrations {
  /** In the order in which they are applied. */
  readonly names: readonly string[];
  /** The tables that exist once all of them are applied. */
  readonly tables: readonly string[];
}

/** Reads what this build ships. Throws when the folder is missing, which is a broken build. */
export function shippedMigrations(dir = MIGRATIONS_DIR): ShippedMigrations {
  const files = readdirSync(dir)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const tables = new Set<string>();
  for (const file of files) {
    const statements = readFileSync(join(dir, file), 'utf8').matchAll(TABLE_STATEMENT);
    for (const { groups } of statements) {
      const name = groups?.['name'];
      if (name === undefined) continue;
      if (groups?.['verb']?.toUpperCase() === 'DROP') tables.delete(name);
      else tables.add(name);
    }
  }
  return { names: files.map((file) => file.slice(0, -'.sql'.length)), tables: [...tables] };
}

const TABLE_STATEMENT =
  /^\s*(?<verb>CREATE|DROP)\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?(?<name>[a-z_][a-z0-9_]*)"?/gim;
