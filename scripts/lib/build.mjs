// Builds build/ and dist/ when the sources are newer. Plain Node: it is used before anything else can be relied on.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** Packages of ours, each by its folder. */
export const PACKAGES = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
/** Those that have code of their own; another is made of src/ when it is packed. */
export const COMPILED = PACKAGES.filter((dir) => existsSync(join(root, dir, 'src')));
const stamp = join(root, 'dist', '.built');
const lock = join(root, '.data', 'build.lock');

/**
 * Builds when a source is newer than the last build that succeeded. Answers the compiler's complaints, or undefined
 * when the build is good. Code is emitted either way.
 */
export async function buildWhenStale(say = () => {}) {
  if (!isStale()) return undefined;
  return await alone(() => {
    if (!isStale()) return undefined;
    say('building dist/');
    return compileAndBundle();
  });
}

/** As `buildWhenStale`, whether it is stale or not. */
export async function build() {
  return await alone(compileAndBundle);
}

/** One build at a time, whoever asks. */
async function alone(work) {
  const release = await takeLock();
  try {
    return await work();
  } finally {
    release();
  }
}

/** Compiles into build/, and bundles what runs into dist/: what could be made of the code, whatever is wrong. */
async function compileAndBundle() {
  const startedAt = new Date();
  const declared = compileFirst();
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [nest, 'build'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  // Loaded only here, for it is a dependency, which may have been installed just now.
  const { bundlePackage } = await import('./bundle-package.mjs');
  const bundled = await bundlePackage(join(root, 'packages/worker')).catch((error) => error.message);
  const first = `${declared}${bundled ?? ''}`;
  const { bundle } = await import('./bundle.mjs');
  const failure = await bundle(root).catch((error) => error.message);
  if (status !== 0 || failure !== undefined || first !== '')
    return `${first}${stdout}${stderr}${failure ?? ''}`.trim();
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
  return undefined;
}

/**
 * What src/ imports from outside of it: packages/, each into its own dist/, and devkit/ into build/, with what it
 * uses of src/ in build/src. Answers the compiler's complaints.
 */
function compileFirst() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return [...COMPILED, 'devkit']
    .map((project) => {
      const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', project], {
        cwd: root,
        encoding: 'utf8',
      });
      return `${stdout}${stderr}`;
    })
    .join('');
}

function isStale() {
  const builtAt = mtime(stamp);
  if (builtAt === undefined) return true;
  const configs = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
  const ofPackages = COMPILED.flatMap((dir) => [join(dir, 'package.json'), join(dir, 'tsconfig.json')]);
  const settings = [...configs, ...ofPackages, 'scripts/lib/bundle.mjs', 'scripts/lib/bundle-package.mjs'];
  const folders = ['src', 'devkit', ...COMPILED.map((dir) => join(dir, 'src'))];
  const sources = folders.flatMap((dir) =>
    readdirSync(join(root, dir), { recursive: true }).map((path) => join(dir, path)),
  );
  // Folders count as well: their time tells of a file that was removed.
  return [...settings, ...folders, ...sources].some((path) => (mtime(join(root, path)) ?? 0) > builtAt);
}

function mtime(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

async function takeLock() {
  mkdirSync(join(root, '.data'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!holderLives()) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function holderLives() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Just made, its holder not yet written.
    if (pid === 0) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
