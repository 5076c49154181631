import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, stop } from 'esbuild';
import { root } from './build.mjs';

/**
 * What loading rooms of build/ loads, each alone: how many files of which rooms, and which packages. By the imports
 * that are left when types are gone, so that nothing has to be run.
 */
export async function roomCosts(rooms) {
  const costs = [];
  const external = await packagesOfOthers();
  for (const room of rooms) {
    const { metafile } = await build({
      entryPoints: [indexOf(room)],
      absWorkingDir: root,
      bundle: true,
      treeShaking: false,
      external,
      platform: 'node',
      format: 'esm',
      metafile: true,
      write: false,
      outdir: 'unused',
      logLevel: 'silent',
    });
    const files = {};
    const inputs = Object.keys(metafile.inputs);
    for (const file of inputs) {
      const [, owner] = /^(?:build\/modules|packages)\/([^/]+)\//.exec(file);
      files[owner] = (files[owner] ?? 0) + 1;
    }
    // What is imported in the middle of something is not loaded with the room.
    const imported = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ kind }) => kind !== 'dynamic-import');
    const packages = imported.map(({ path }) => path).filter((path) => !path.startsWith('node:'));
    costs.push({ room, total: inputs.length, files, packages: [...new Set(packages)].sort() });
  }
  await stop();
  return costs;
}

/** How long a process takes to load a room, ms, and what it then has more of, MB; of an empty process both are 0. */
export async function measured(room) {
  const program = `
    const before = process.memoryUsage.rss();
    const began = performance.now();
    await import(${JSON.stringify(pathToFileURL(join(root, indexOf(room))).href)});
    const ms = performance.now() - began;
    console.log(JSON.stringify({ ms, mb: (process.memoryUsage.rss() - before) / 2 ** 20 }));
    process.exit();`;
  const args = ['--input-type=module', '--import=reflect-metadata', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: {} });
  return JSON.parse(stdout);
}

/** All that package.json names, but those of this project, whose files count. */
async function packagesOfOthers() {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return Object.keys(dependencies).filter((name) => !name.startsWith('@probity/'));
}

/** A room of src/, or a package of ours by its folder. */
function indexOf(room) {
  return room.startsWith('packages/') ? `${room}/dist/index.js` : `build/modules/${room}/index.js`;
}
