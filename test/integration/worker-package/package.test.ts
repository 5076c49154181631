import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const DIR = fileURLToPath(new URL('../../../packages/worker/', import.meta.url));

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

function pack(): Packed {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: DIR, encoding: 'utf8' })) as [Packed];
  return packed;
}

/** What a file names behind `from`, or in an import that is a call. */
function importsOf(path: string): string[] {
  // What an example imports, it does not.
  const text = readFileSync(path, 'utf8').replaceAll(/^\s*\*.*$/gm, '');
  return [...text.matchAll(/(?:from\s+|import\(|import\s+)'([^']+)'/g)].map(([, name = '']) => name);
}

describe('the package @probity/worker as it is built', () => {
  it('is small', () => {
    const { size, files } = pack();
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/wire.js', 'README.md']),
    );
    expect(size).toBeLessThan(40_000);
  });

  it('imports Node and itself, and nothing else but the type of a job', () => {
    const dist = `${DIR}dist/`;
    const named = readdirSync(dist)
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => importsOf(dist + file).map((name) => ({ file, name })))
      .filter(({ name }) => !name.startsWith('./') && !name.startsWith('node:'));
    expect(named.filter(({ file }) => file.endsWith('.js'))).toEqual([]);
    expect(new Set(named.map(({ name }) => name))).toEqual(new Set(['bullmq']));
  });
});
