import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findProgram, lastLines, run, type Ran, type Say } from './programs.js';
import { ROOT } from './root.js';
import type { Installed } from './system-packages.js';

/** In `.data` of the checkout: whatever its stacks and tests use, it is fetched once. */
export const PACKAGES = join(ROOT, '.data', 'packages');

/** The folders with the programs of all packages that were unpacked. */
export function unpackedPrograms(packages = PACKAGES): string[] {
  if (!existsSync(packages)) return [];
  return readdirSync(packages).map((name) => join(packages, name, 'bin'));
}

/** Whether this machine has what unpacks a package of Debian or Ubuntu. */
export function canUnpack(): boolean {
  return findProgram(['apt-get']) !== undefined && findProgram(['dpkg-deb']) !== undefined;
}

/**
 * Fetches a package of Debian or Ubuntu with what it needs and this machine lacks, and unpacks it: no right is needed
 * for that, and the system stays as it is. Its programs are found by `unpackedPrograms`.
 */
export async function unpackPackage(pkg: string, say: Say, packages = PACKAGES): Promise<Installed> {
  mkdirSync(packages, { recursive: true });
  const work = mkdtempSync(join(packages, `.${pkg}-`));
  try {
    say(`fetching ${pkg}, to be unpacked in ${relative(process.cwd(), packages)}`);
    const archives = await download(new Apt(work), pkg, say);
    const made = join(work, 'package');
    mkdirSync(join(made, 'root'), { recursive: true });
    for (const archive of archives) mustWork(await run('dpkg-deb', ['-x', archive, join(made, 'root')]));
    wrapPrograms(made);
    moveTo(join(packages, pkg), made);
    return { ok: true };
  } catch (error) {
    return { ok: false, why: (error as Error).message };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `apt-get` as anybody may use it: it reads what the system knows, and writes into a folder of its own. */
class Apt {
  private own: readonly string[] = [];

  constructor(readonly dir: string) {}

  run(...args: readonly string[]): Promise<Ran> {
    // Not quieter: what is missing it says beside its errors.
    const options = ['-q', '-o', 'Debug::NoLocking=1', ...this.own];
    return run('apt-get', [...options, ...args], { cwd: this.dir, env: { ...process.env, LC_ALL: 'C' } });
  }

  /** Gets the lists of today, where the system's are missing (an image of a container) or too old. */
  async update(): Promise<void> {
    const [state, cache] = [join(this.dir, 'state'), join(this.dir, 'cache')];
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
    const settings = [
      `Dir::State=${state}`,
      `Dir::State::lists=${join(state, 'lists')}`,
      'Dir::State::status=/var/lib/dpkg/status',
      `Dir::Cache=${cache}`,
      `Dir::Cache::archives=${join(cache, 'archives')}`,
    ];
    this.own = settings.flatMap((setting) => ['-o', setting]);
    await this.run('update');
  }
}

/** The archives of the package and of everything that it needs and the system has not. */
async function download(apt: Apt, pkg: string, say: Say): Promise<string[]> {
  const first = await tryToDownload(apt, pkg);
  if (first.code === 0) return archivesIn(apt.dir);
  say('apt-get update, into a folder of our own');
  await apt.update();
  mustWork(await tryToDownload(apt, pkg));
  return archivesIn(apt.dir);
}

async function tryToDownload(apt: Apt, pkg: string): Promise<Ran> {
  const plan = await apt.run('--simulate', '--no-install-recommends', 'install', pkg);
  if (plan.code !== 0) return plan;
  const missing = [...plan.output.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  // The C library goes with the loader that every program of this machine starts with: another one does not.
  const wanted = missing.filter((name) => !/^libc6(:|$)/.test(name));
  // Installed, and yet its program is not there.
  return apt.run('download', ...(wanted.length === 0 ? [pkg] : wanted));
}

function archivesIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(dir, name));
}

function mustWork({ code, output }: Ran): void {
  if (code !== 0) throw new Error(lastLines(output));
}

/** A script for each program, which tells it where its libraries are. */
function wrapPrograms(dir: string): void {
  const root = join(dir, 'root');
  const libraries = ['lib', 'usr/lib'].flatMap((base) => [base, ...foldersIn(root, base)]);
  const path = libraries
    .filter((folder) => entries(join(root, folder)).some((name) => /\.so(\.|$)/.test(name)))
    .map((folder) => `$root/${folder}`)
    .join(':');
  mkdirSync(join(dir, 'bin'));
  for (const name of entries(join(root, 'usr/bin'))) {
    const script = [
      '#!/bin/sh',
      'root=${0%/*}/../root',
      `LD_LIBRARY_PATH=${path} exec "$root/usr/bin/${name}" "$@"`,
    ];
    writeFileSync(join(dir, 'bin', name), `${script.join('\n')}\n`, { mode: 0o755 });
  }
}

function foldersIn(root: string, base: string): string[] {
  return entries(join(root, base)).map((name) => `${base}/${name}`);
}

function entries(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function moveTo(target: string, made: string): void {
  try {
    renameSync(made, target);
  } catch (error) {
    // Another process that fetches the same package came first.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
