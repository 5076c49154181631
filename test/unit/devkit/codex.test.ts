import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { installCodex, installedCodex } from '#devkit';
import { tempDir } from '../../fixtures/temp-dir.js';

const VERSION = '0.169.0';
const silent = () => undefined;

/** As npm lays it out: the launcher, and the binary in a package of its own. */
function layOut(version: string, mode = 0o755): { dir: string; program: string } {
  const dir = tempDir('codex');
  const packages = join(dir, 'node_modules', '@openai');
  const vendor = join(packages, `codex-${process.platform}-${process.arch}`, 'vendor');
  const program = join(vendor, 'some-triple', 'codex', 'codex');
  for (const path of [join(packages, 'codex', 'package.json'), program]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ version }));
  }
  chmodSync(program, mode);
  return { dir, program };
}

describe('the codex that was installed', () => {
  it('is its binary, in folders that are called like it, and is not installed again', () => {
    const { dir, program } = layOut(VERSION);
    expect(installedCodex(dir)).toBe(program);
    expect(installCodex(silent, dir)).toBe(program);
  });

  it('is none in another version, or when it cannot be run, or is not there', () => {
    expect(installedCodex(layOut('0.168.0').dir)).toBeUndefined();
    expect(installedCodex(layOut(VERSION, 0o644).dir)).toBeUndefined();
    expect(installedCodex(tempDir('codex'))).toBeUndefined();
  });
});
