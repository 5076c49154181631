import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustWork } from './apt.js';
import { run } from './programs.js';

const LOADER = /^ld-linux.*\.so\.\d+$/;

/** Unpacks archives into `dir`/root, and makes a script for each of their programs in `dir`/bin. */
export async function unpackPrograms(archives: readonly string[], dir: string): Promise<void> {
  mkdirSync(join(dir, 'root'), { recursive: true });
  for (const archive of archives) mustWork(await run('dpkg-deb', ['-x', archive, join(dir, 'root')]));
  wrapPrograms(dir);
}

/**
 * Each tells its program where its libraries are. Where the C library is among these, its own loader has to begin: that
 * of this machine goes with another one.
 */
function wrapPrograms(dir: string): void {
  const root = join(dir, 'root');
  const folders = ['lib', 'usr/lib'].flatMap((base) => [base, ...foldersIn(root, base)]);
  const path = folders
    .filter((folder) => entries(join(root, folder)).some((name) => /\.so(\.|$)/.test(name)))
    .map((folder) => `$root/${folder}`)
    .join(':');
  const [loader] = folders.flatMap((folder) =>
    entries(join(root, folder)).flatMap((name) => (LOADER.test(name) ? [`${folder}/${name}`] : [])),
  );
  // Debian's Redis before 7 finds the libraries of its scripts there.
  const lua = folders
    .map((folder) => `${folder}/lua/5.1`)
    .find((folder) => entries(join(root, folder)).length > 0);
  const settings = lua === undefined ? [] : [`export LUA_CPATH="$root/${lua}/?.so"`];
  mkdirSync(join(dir, 'bin'));
  for (const name of entries(join(root, 'usr/bin'))) {
    const begin =
      loader === undefined
        ? `LD_LIBRARY_PATH=${path} exec`
        : `exec "$root/${loader}" --library-path "${path}"`;
    const script = [
      '#!/bin/sh',
      'root=${0%/*}/../root',
      ...settings,
      `${begin} "$root/usr/bin/${name}" "$@"`,
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
