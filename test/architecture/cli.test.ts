import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { tempDir } from '../fixtures/temp-dir.js';
import { ROOT } from './cruise.js';

interface Bundle {
  readonly packages: readonly string[];
  readonly strangers: readonly string[];
  readonly files: readonly string[];
}

const BUNDLE = `
const { bundleCli } = await import('./scripts/lib/cli-package.mjs');
const [entry, outfile] = process.argv.slice(1);
const options = { root: process.cwd(), entry, outfile, conditions: ['probity-source'], write: false };
console.log(JSON.stringify(await bundleCli(options)));
`;

/** In a process of its own, for the bundler knows no other realm. */
async function bundled(entry: string): Promise<Bundle> {
  const args = ['--input-type=module', '-e', BUNDLE, entry, join(tempDir('bundle'), 'main.js')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: {} });
  return JSON.parse(stdout) as Bundle;
}

describe('the command in one file', () => {
  it('has in it what reads the command line, the client of Redis, and nothing of Nest and the like', async () => {
    const { packages, strangers, files } = await bundled(join(ROOT, 'src/cli/main.ts'));
    expect(packages).toEqual(expect.arrayContaining(['commander', 'ioredis', '@probity/worker']));
    expect(strangers).toEqual([]);
    expect(files.filter((path) => /\.(module|service|controller|check)\.ts$/.test(path))).toEqual([]);
  });

  it('would be found out', async () => {
    const entry = join(tempDir('entry'), 'main.ts');
    writeFileSync(entry, `export * from '${join(ROOT, 'src/modules/config/index.js')}';\n`);
    const { strangers } = await bundled(entry);
    expect(strangers).toEqual(expect.arrayContaining(['zod', '@nestjs/common']));
  });
});
