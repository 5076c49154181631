// The package `probity`: the command, src/cli with all that it uses in one file, for nothing that has to be installed first
// is quicker; the runbooks that it explains; and the licences of what it brings along.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What may come along: how the command is read, the client of Redis, and what that needs. */
const COMES_ALONG = [
  'commander',
  'ioredis',
  '@ioredis/commands',
  'cluster-key-slot',
  'debug',
  'denque',
  'has-flag',
  'ms',
  'redis-errors',
  'redis-parser',
  'standard-as-callback',
  'supports-color',
  'lodash.defaults',
  'lodash.isarguments',
  '@probity/worker',
];
const RUNBOOKS = join('docs', 'runbooks');

/** Bundles the command. Answers the packages that are in it, and of them those that may not be. */
export async function bundleCli({ root, entry, outfile, write = true }) {
  const { build } = await import('esbuild');
  const { FOR_NODE } = await import('./bundle.mjs');
  const { metafile } = await build({
    ...FOR_NODE,
    external: [],
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    banner: { js: `#!/usr/bin/env node\n${FOR_NODE.banner.js}` },
    minifyWhitespace: true,
    metafile: true,
    write,
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = [...new Set(used.flatMap(([path]) => packageAt(path) ?? []))].sort();
  return {
    packages,
    strangers: packages.filter((name) => !COMES_ALONG.includes(name)),
    files: used.map(([path]) => path),
  };
}

/** Makes the package in `dir`. Throws when something has come along that may not. */
export async function makeCli(root, dir) {
  for (const each of ['dist', 'docs']) rmSync(join(dir, each), { recursive: true, force: true });
  mkdirSync(join(dir, 'dist'), { recursive: true });
  const { packages, strangers } = await bundleCli({
    root,
    entry: join(root, 'build', 'cli', 'main.js'),
    outfile: join(dir, 'dist', 'main.js'),
  });
  if (strangers.length > 0) throw new Error(`the bundle of probity has in it ${strangers.join(', ')}`);
  const licences = packages.filter((name) => name !== '@probity/worker').map((name) => licenceOf(root, name));
  writeFileSync(join(dir, 'dist', 'LICENCES.txt'), licences.join('\n'));
  for (const name of readdirSync(join(root, RUNBOOKS)).filter((each) => each.endsWith('.md')))
    cpSync(join(root, RUNBOOKS, name), join(dir, RUNBOOKS, name));
}

function packageAt(path) {
  const [, found] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return found ?? (path.startsWith('packages/worker/') ? '@probity/worker' : undefined);
}

function licenceOf(root, name) {
  const dir = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  const file = readdirSync(dir).find((each) => /^licen[cs]e/i.test(each));
  const text = file !== undefined && existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text}`;
}
