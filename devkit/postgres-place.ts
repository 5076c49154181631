import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PostgresPrograms } from './postgres-program.js';
import type { Account } from './postgres-user.js';
import { passableFolder } from './private-files.js';
import { lastLines, run } from './programs.js';

/** Where the files of one PostgreSQL are while it runs. */
export interface Place {
  readonly programs: PostgresPrograms;
  readonly data: string;
  /** The folder outside of `dir` that holds them, where its account cannot enter `dir`. */
  readonly elsewhere?: string;
}

/** None of them is anybody's to write but root's; the others only where a system is read-only. */
const BASES = ['/var/lib', '/var/tmp', '/tmp'];

/**
 * Sees to it that `account` reaches its programs and its data, which are at home in `dir`. In a folder that is closed
 * to it (a clone under /root) they are elsewhere until `bringHome`; undefined is the account of this process.
 */
export async function placeFor(
  dir: string,
  programs: PostgresPrograms,
  account: Account | undefined,
): Promise<Place> {
  const home = join(dir, 'cluster');
  passableFolder(dir);
  if (account === undefined) return { programs, data: home };
  const elsewhere = isOpen(dir) ? undefined : makeElsewhere(dir);
  const base = elsewhere ?? dir;
  const reached = (await runs(programs, account)) ? programs : await copyPrograms(programs, base);
  if (elsewhere === undefined) return { programs: reached, data: home };
  const data = join(elsewhere, 'cluster');
  // After a crash they are still there.
  if (!existsSync(data) && existsSync(home)) await move(home, data);
  return { programs: reached, data, elsewhere };
}

/** Where files of the PostgreSQL of `dir` are beside it: while it runs, and after a crash. */
export function elsewhereOf(dir: string): string | undefined {
  return BASES.map((base) => pathIn(base, dir)).find(isOurs);
}

/** Takes the data back to where they belong, and leaves nothing elsewhere. The server must have ended. */
export async function bringHome(dir: string): Promise<void> {
  const elsewhere = elsewhereOf(dir);
  if (elsewhere === undefined) return;
  const [data, home] = [join(elsewhere, 'cluster'), join(dir, 'cluster')];
  if (existsSync(data)) {
    rmSync(home, { recursive: true, force: true });
    await move(data, home);
  }
  rmSync(elsewhere, { recursive: true, force: true });
}

/** One folder for one `dir`, so that whoever knows `dir` finds it. */
function pathIn(base: string, dir: string): string {
  return join(base, `probity-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
}

function makeElsewhere(dir: string): string {
  const made = elsewhereOf(dir);
  if (made !== undefined) return made;
  const failures: string[] = [];
  for (const base of BASES) {
    const path = pathIn(base, dir);
    try {
      if (!isOpen(path)) throw new Error(`${base} is closed`);
      mkdirSync(path);
      passableFolder(path);
      return path;
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new Error(
    `PostgreSQL does not run as root, its account cannot enter ${dir}, and there is no other place ` +
      `(${failures.join('; ')}): move the clone, or set DATABASE_URL`,
  );
}

/** A name that can be guessed may have been taken by somebody else. */
function isOurs(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.isDirectory() && stat.uid === process.getuid?.();
}

/** Whether everybody may pass to what is in this folder, or will be made there. */
function isOpen(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && (stat.mode & 0o001) === 0) return false;
  return path === dirname(path) || isOpen(dirname(path));
}

async function runs({ initdb, postgres }: PostgresPrograms, { uid, gid }: Account): Promise<boolean> {
  // What they read beside themselves is as open as they are; `access` alone does not ask for their libraries.
  for (const program of [initdb, postgres]) {
    if (!isOpen(dirname(program))) return false;
    if ((await run(program, ['--version'], { uid, gid, cwd: '/' })).code !== 0) return false;
  }
  return true;
}

async function copyPrograms({ initdb, postgres }: PostgresPrograms, base: string): Promise<PostgresPrograms> {
  const bin = dirname(initdb);
  const copy = join(base, 'programs');
  rmSync(copy, { recursive: true, force: true });
  // Links take no room, and only where both are on one disk they are possible.
  const linked = await run('cp', ['-al', dirname(bin), copy]);
  if (linked.code !== 0) {
    rmSync(copy, { recursive: true, force: true });
    await mustRun('cp', ['-a', dirname(bin), copy]);
  }
  await mustRun('chmod', ['-R', 'a+rX', copy]);
  const inCopy = (program: string): string => join(copy, program.slice(dirname(bin).length));
  return { initdb: inCopy(initdb), postgres: inCopy(postgres) };
}

/** With owners and rights, over the border of a disk too. */
function move(from: string, to: string): Promise<void> {
  return mustRun('mv', ['-T', from, to]);
}

async function mustRun(program: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${lastLines(output)}`);
}
