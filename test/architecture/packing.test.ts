import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { reachableDeclarations } from '../../scripts/lib/declarations.mjs';
import { strangersIn } from '../../scripts/lib/package-imports.mjs';
import { tempDir } from '../fixtures/temp-dir.js';

const MANIFEST = {
  dependencies: { zod: '*' },
  peerDependencies: { '@nestjs/core': '*', pg: '*' },
  peerDependenciesMeta: { pg: { optional: true } },
};
const external = (path: string, kind = 'import-statement') => ({ path, kind, external: true });

describe('what a bundle asks of whoever installs it', () => {
  it('is what its manifest names, and Node', () => {
    const imports = ['zod/v4', '@nestjs/core', '@nestjs/core/injector', 'node:fs', 'fs'].map((path) =>
      external(path),
    );
    expect(strangersIn(imports, MANIFEST)).toEqual([]);
    expect(strangersIn([{ path: 'chunk.js' }], MANIFEST)).toEqual([]);
    expect(strangersIn([external('@nestjs/common'), external('zodiac')], MANIFEST)).toEqual([
      'needs @nestjs/common',
      'needs zodiac',
    ]);
  });

  it('is nothing optional before it is wanted', () => {
    expect(strangersIn([external('pg')], MANIFEST)).toEqual(['needs pg at once']);
    expect(strangersIn([external('pg', 'require-call')], MANIFEST)).toEqual(['needs pg at once']);
    expect(strangersIn([external('pg', 'dynamic-import')], MANIFEST)).toEqual([]);
  });
});

function declarations(files: Readonly<Record<string, string>>): string {
  const dir = tempDir('types');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

describe('the declarations that an entry leads to', () => {
  it('are those of the names that it hands on, through every index', () => {
    const dir = declarations({
      'index.d.ts': "export { A } from './room/index.js';\n",
      'room/index.d.ts':
        "import './side.js';\nexport { A, type B as C } from './a.js';\nexport { D } from './d.js';\n",
      'room/a.d.ts':
        "import type { E } from '../other/index.js';\nexport declare const A: E;\nexport type B = 1;\n",
      'room/d.d.ts': "import 'fastify';\nexport declare const D: 1;\n",
      'room/side.d.ts': 'export {};\n',
      'other/index.d.ts': "export type { E } from './e.js';\nexport type { F } from './f.js';\n",
      'other/e.d.ts': "/** import 'pg' */\nexport type E = import('rxjs').Observable<import('../g.js').G>;\n",
      'other/f.d.ts': "import 'pg';\nexport type F = 1;\n",
      'g.d.ts': "import 'node:fs';\nexport type G = 1;\n",
    });
    const { files, packages } = reachableDeclarations(dir, 'index.d.ts');
    expect([...files.keys()]).toEqual([
      'g.d.ts',
      'index.d.ts',
      'other/e.d.ts',
      'other/index.d.ts',
      'room/a.d.ts',
      'room/index.d.ts',
      'room/side.d.ts',
    ]);
    expect(packages).toEqual(['rxjs']);
    expect(files.get('room/index.d.ts')).toBe("import './side.js';\nexport { A } from './a.js';\n");
    expect(files.get('other/index.d.ts')).toBe("export type { E } from './e.js';\n");
  });
});
