import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './cruise.js';

const FILES = ['src', 'packages/worker/src', 'scripts', 'test', 'docs']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (path) => `/${folder}/${path}`,
    ),
  )
  .concat(readdirSync(ROOT).map((path) => `/${path}`));
const missingFrom = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+\.(?:ts|mjs|cjs|sql|md))`/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !FILES.some((file) => file.endsWith(`/${name}`)));

describe('the plan of the house', () => {
  it('names files that exist', () => {
    const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    expect(missingFrom(text)).toEqual([]);
    expect(missingFrom('`kernel/no-such.ts` and `kernel/clock.ts`')).toEqual(['kernel/no-such.ts']);
  });

  it('has every room in its table, and no other', () => {
    const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').split('## Rooms')[1] ?? '';
    const told = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]);
    const rooms = readdirSync(join(ROOT, 'src', 'modules'));
    expect(told.toSorted()).toEqual(rooms.toSorted());
  });
});
