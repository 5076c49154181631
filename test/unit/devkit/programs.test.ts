import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findProgram, findRedis } from '#devkit';
import { tempDir } from '../../fixtures/temp-dir.js';

const makeProgram = (dir: string, name: string, mode = 0o755): string => {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
};

describe('findProgram', () => {
  it('prefers an earlier name over an earlier folder', () => {
    const dir = tempDir('bin');
    makeProgram(join(dir, 'a'), 'probity-second');
    const first = makeProgram(join(dir, 'b'), 'probity-first');
    expect(findProgram(['probity-first', 'probity-second'], [join(dir, 'a'), join(dir, 'b')])).toBe(first);
  });

  it('passes over folders and files that cannot be run', () => {
    const dir = tempDir('bin');
    makeProgram(dir, 'probity-data', 0o644);
    mkdirSync(join(dir, 'probity-folder'));
    expect(findProgram(['probity-data', 'probity-folder'], [dir])).toBeUndefined();
  });
});

describe('findRedis', () => {
  it('takes the program that REDIS_SERVER names', () => {
    const named = makeProgram(tempDir('bin'), 'my-redis');
    expect(findRedis({ REDIS_SERVER: named })).toBe(named);
  });

  it('says so when REDIS_SERVER names no program, rather than take another one', () => {
    expect(() => findRedis({ REDIS_SERVER: '/nowhere/redis-server' })).toThrow(/REDIS_SERVER.*\/nowhere/);
  });
});
