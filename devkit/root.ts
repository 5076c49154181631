import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, from wherever in it this runs: devkit/, build/devkit/ or a bundle of dist/. */
export const ROOT = checkoutAbove(dirname(fileURLToPath(import.meta.url)));

function checkoutAbove(dir: string): string {
  if (existsSync(join(dir, 'package.json'))) return dir;
  if (dir === dirname(dir)) throw new Error('there is no package.json above the devkit');
  return checkoutAbove(dirname(dir));
}
