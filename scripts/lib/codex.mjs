// The codex command line in .data/codex, where the tests, the benchmarks and the dev stack look for it. Its binary is
// about 400 MB, so it is no dependency of the project.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

/** The version whose protocol src/modules/app-server/protocol speaks and the tests prove. */
const VERSION = '0.169.0';
const dir = join(root, '.data', 'codex');
const packages = join(dir, 'node_modules', '@openai');

/** Installs it unless it is there; answers its path, and throws what to do about it when it cannot. */
export function installCodex() {
  const there = installedCodex();
  if (there !== undefined) return there;
  console.error(`install-codex: installing @openai/codex@${VERSION} into ${dir}, about 400 MB ...`);
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
  const installed = installedCodex();
  if (installed === undefined) {
    throw new Error(`@openai/codex has no binary for ${process.platform} on ${process.arch}`);
  }
  return installed;
}

/**
 * The program itself, not the package's launcher, which would stand as a process of its own between the
 * supervisor and it. Undefined when it is not installed, or in another version.
 */
export function installedCodex() {
  try {
    const { version } = JSON.parse(readFileSync(join(packages, 'codex', 'package.json'), 'utf8'));
    if (version !== VERSION) return undefined;
    const platform = `codex-${process.platform}-${process.arch}`;
    const vendor = join(packages, platform, 'vendor');
    const name = process.platform === 'win32' ? 'codex.exe' : 'codex';
    const found = readdirSync(vendor, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name === name)
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .find(isExecutable);
    return found;
  } catch {
    return undefined;
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
