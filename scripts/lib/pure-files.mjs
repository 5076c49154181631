import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { COMPILED } from './build.mjs';

const PURE = /\.(policy|state|assess)\.ts$/;

/** The files that decide and do nothing else, from the root of the project. */
export function pureFiles(root) {
  return ['src', ...COMPILED.map((dir) => join(dir, 'src'))]
    .flatMap((dir) => readdirSync(join(root, dir), { recursive: true }).map((path) => join(dir, path)))
    .filter((path) => PURE.test(path))
    .sort();
}

/** The test of the same name. */
export function testOf(file) {
  const [, room] = /^(?:src\/(?:modules\/)?|packages\/)([^/]+)\//.exec(file);
  return `test/unit/${room}/${basename(file, '.ts')}.test.ts`;
}
