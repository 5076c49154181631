// What is published: packages/worker is compiled by the build, packages/probity is the command (see cli-package.mjs), and
// packages/nest is made here, of src/index.ts and all that it uses: one file of code, the declarations that it leads to,
// and the pages that its codes point to.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGES, buildWhenStale, root } from './build.mjs';
import { makeCli } from './cli-package.mjs';
import { strangersIn } from './package-imports.mjs';
import { reachableDeclarations } from './declarations.mjs';

const NEST = join(root, 'packages', 'nest');
const OUT = join(root, '.data', 'packages');
const TYPES = join(OUT, 'types');
const MIGRATE = join('modules', 'database', 'migrate.js');

/** Packs every package; answers what npm says of each, and where it is. Throws with what is wrong. */
export async function pack() {
  const complaints = await buildWhenStale();
  if (complaints) throw new Error(complaints);
  await makeNest();
  await makeCli(root, join(root, 'packages', 'probity'));
  await stopBundler();
  return PACKAGES.map((dir) => {
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', OUT], join(root, dir)));
    return { ...packed, file: join(OUT, packed.filename) };
  });
}

async function makeNest() {
  const manifest = JSON.parse(readFileSync(join(NEST, 'package.json'), 'utf8'));
  const dist = join(NEST, 'dist');
  for (const dir of [OUT, dist, join(NEST, 'docs')]) rmSync(dir, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  await bundleNest(dist, manifest);
  writeDeclarations(dist, manifest);
  const pages = join('docs', 'runbooks');
  for (const name of readdirSync(join(root, pages)).filter((each) => each.endsWith('.md')))
    cpSync(join(root, pages, name), join(NEST, pages, name));
}

/** Its own process would wait for more. */
async function stopBundler() {
  const { stop } = await import('esbuild');
  await stop();
}

async function bundleNest(dist, manifest) {
  // Dependencies, which may have been installed just now.
  const { build } = await import('esbuild');
  const { FOR_NODE, MIGRATIONS } = await import('./bundle.mjs');
  const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const bundled = async (entry, name, { external = [], banner = '' } = {}) => {
    const { metafile } = await build({
      ...FOR_NODE,
      absWorkingDir: root,
      entryPoints: [join(root, 'build', entry)],
      outfile: join(dist, name),
      external: [...external, ...named],
      banner: { js: `${banner}${FOR_NODE.banner.js}` },
      plugins: [optionalPeers(manifest)],
      metafile: true,
    });
    return Object.values(metafile.outputs).flatMap((output) => output.imports);
  };
  const imports = [
    ...(await bundled('index.js', 'index.js', { external: FOR_NODE.external })),
    // A command, which brings what it migrates with.
    ...(await bundled(MIGRATE, 'migrate.js', { external: ['pg-native'], banner: '#!/usr/bin/env node\n' })),
  ];
  cpSync(join(root, 'build', MIGRATIONS), join(dist, 'migrations'), { recursive: true });
  const strangers = strangersIn(imports, manifest);
  if (strangers.length > 0) throw new Error(`the bundle of @probity/nest ${strangers.join(', ')}`);
}

/** What may not be there is asked for by a stand-in, which knows what to do without it. */
function optionalPeers({ peerDependenciesMeta }) {
  const names = Object.keys(peerDependenciesMeta);
  return {
    name: 'optional-peers',
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path }) => ({
        path: join(root, 'scripts', 'lib', 'stand-ins', `${path}.cjs`),
      }));
    },
  };
}

/** What a foreign compiler needs, and no declaration of the rest of the service. */
function writeDeclarations(dist, manifest) {
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', NEST], root);
  const { files, packages } = reachableDeclarations(TYPES, 'index.d.ts');
  const known = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
  const strangers = packages.filter((name) => !known.includes(name) || optional.includes(name));
  if (strangers.length > 0) throw new Error(`the types of @probity/nest need ${strangers.join(', ')}`);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    writeFileSync(join(dist, file), text);
  }
}

function run(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
