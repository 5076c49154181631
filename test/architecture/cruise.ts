import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What is cruised. */
const FOLDERS = ['src', 'packages/worker/src', 'devkit', 'bench', 'scripts', 'test'];

export interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** Runs dependency-cruiser over folders of `dir` with one of the project's configurations. */
export function cruise(dir: string, config: string, folders = FOLDERS): Promise<Violation[]> {
  const program = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [program, '--config', join(ROOT, config), '--output-type', 'json', ...folders];
  return new Promise((resolve, reject) => {
    // Its exit code is the number of violations, so only an unreadable answer is an error.
    execFile(process.execPath, args, { cwd: dir, maxBuffer: 2 ** 26, env: {} }, (error, stdout, stderr) => {
      try {
        const { summary } = JSON.parse(stdout) as {
          summary: { violations: { rule: { name: string }; from: string; to: string }[] };
        };
        resolve(summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })));
      } catch {
        reject(new Error(`dependency-cruiser failed: ${stderr || stdout}`, { cause: error }));
      }
    });
  });
}

/** Lays out a house of small files, each given as the list of what it imports. */
export function layOut(dir: string, files: Readonly<Record<string, readonly string[]>>): void {
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'NodeNext' } }));
  const dependencies = { pg: '*', ioredis: '*', bullmq: '*', '@nestjs/common': '*' };
  const manifest = { name: 'house', type: 'module', dependencies, devDependencies: { typescript: '*' } };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
  for (const folder of FOLDERS) mkdirSync(join(dir, folder), { recursive: true });
  for (const [path, imports] of Object.entries(files)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true });
    const lines = imports.map((from, index) =>
      from.startsWith('type ')
        ? `import type { T as T${index} } from '${from.slice('type '.length)}';\nexport type U${index} = T${index};`
        : `export * as n${index} from '${from}';`,
    );
    writeFileSync(join(dir, path), `${lines.join('\n')}\nexport const x = 1;\n`);
  }
}
