import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Apt, mustWork } from './apt.js';
import type { Ran, Say } from './programs.js';
import { ROOT } from './root.js';
import type { Installed } from './system-packages.js';
import { unpackPrograms } from './unpacked-programs.js';

/** In `.data` of the checkout: whatever its stacks and tests use, it is fetched once. */
export const PACKAGES = join(ROOT, '.data', 'packages');

/** The folders with the programs of all packages that were unpacked. */
export function unpackedPrograms(packages = PACKAGES): string[] {
  if (!existsSync(packages)) return [];
  return readdirSync(packages).map((name) => join(packages, name, 'bin'));
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
    await unpackPrograms(archives, made);
    moveTo(join(packages, pkg), made);
    return { ok: true };
  } catch (error) {
    return { ok: false, why: (error as Error).message };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The archives of the package and of everything that it needs and the system has not. */
async function download(apt: Apt, pkg: string, say: Say): Promise<string[]> {
  const first = await tryToDownload(apt, pkg);
  if (first.code === 0) return apt.archives();
  say('apt-get update, into a folder of our own');
  await apt.update();
  mustWork(await tryToDownload(apt, pkg));
  return apt.archives();
}

async function tryToDownload(apt: Apt, pkg: string): Promise<Ran> {
  const plan = await apt.needed(pkg);
  if (plan.code !== 0) return plan;
  // The C library goes with the loader that every program of this machine starts with: another one does not.
  const wanted = plan.names.filter((name) => !/^libc6(:|$)/.test(name));
  // Installed, and yet its program is not there.
  return apt.run('download', ...(wanted.length === 0 ? [pkg] : wanted));
}

function moveTo(target: string, made: string): void {
  try {
    renameSync(made, target);
  } catch (error) {
    // Another process that fetches the same package came first.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
