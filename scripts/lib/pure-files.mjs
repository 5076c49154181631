import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const PURE = /\.(policy|state|assess)\.ts$/;

/** The files that decide and do nothing else, from the root of the project. */
export function pureFiles(root) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .filter((path) => PURE.test(path))
    .map((path) => join('src', path))
    .sort();
}

/** The test of the same name. */
export function testOf(file) {
  const [, room] = /^src\/(?:modules\/)?([^/]+)\//.exec(file);
  return `test/unit/${room}/${basename(file, '.ts')}.test.ts`;
}
