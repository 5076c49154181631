import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable, type Say } from './programs.js';
import { ROOT } from './root.js';

/** The version whose protocol src/modules/app-server/protocol speaks and the tests prove. */
const VERSION = '0.169.0';
/** Its binary is about 400 MB, so it is no dependency of the project. */
const DIR = join(ROOT, '.data', 'codex');

/** Installs codex in `dir` unless it is there; answers its path, and throws what to do about it when it cannot. */
export function installCodex(say: Say, dir = DIR): string {
  const there = installedCodex(dir);
  if (there !== undefined) return there;
  say(`installing @openai/codex@${VERSION} into ${dir}, about 400 MB ...`);
  // Put in its place in one step: whoever looks finds all of it, or nothing.
  const fresh = `${dir}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
    const { status, error } = spawnSync(
      'npm',
      ['install', '--prefix', fresh, ...flags, `@openai/codex@${VERSION}`],
      { cwd: fresh, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (error) throw new Error(`npm could not be started: ${error.message}`);
    if (status !== 0) throw new Error(`npm ended with code ${status}`);
    rmSync(dir, { recursive: true, force: true });
    renameSync(fresh, dir);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const installed = installedCodex(dir);
  if (installed === undefined) {
    throw new Error(`@openai/codex has no binary for ${process.platform} on ${process.arch}`);
  }
  return installed;
}

/**
 * The program itself, not the package's launcher, which would stand as a process of its own between the
 * supervisor and it. Undefined when it is not installed, or in another version.
 */
export function installedCodex(dir = DIR): string | undefined {
  const packages = join(dir, 'node_modules', '@openai');
  try {
    const manifest = readFileSync(join(packages, 'codex', 'package.json'), 'utf8');
    if ((JSON.parse(manifest) as { version?: string }).version !== VERSION) return undefined;
    const vendor = join(packages, `codex-${process.platform}-${process.arch}`, 'vendor');
    const name = process.platform === 'win32' ? 'codex.exe' : 'codex';
    return readdirSync(vendor, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name === name)
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .find(isExecutable);
  } catch {
    return undefined;
  }
}
