import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));

/** The files of ours in one bundle, by the comment that each begins with, and in the chunks that it imports. */
function filesIn(entry: string, seen = new Set<string>()): string[] {
  const file = join(DIST, entry);
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const own = [...text.matchAll(/^\/\/ (build\/\S+)$/gm)].map(([, path = '']) => path);
  const chunks = [...text.matchAll(/(?:from |import ?\(?)"(\.[^"]+\.js)"/g)].map(([, path = '']) => path);
  return [...own, ...chunks.flatMap((path) => filesIn(join(entry, '..', path), seen))];
}

const ofDevkit = (files: readonly string[]): string[] =>
  files.filter((path) => /^build\/(devkit|src)\//.test(path));

describe('the bundle of', () => {
  it.each([
    'main.js',
    'workers/execution.worker.js',
    'workers/app-server.worker.js',
    'modules/database/migrate.js',
    'modules/health/thread/probe.thread.js',
  ])('%s has nothing of the devkit', (entry) => {
    const files = filesIn(entry);
    expect(files.length).toBeGreaterThan(5);
    expect(ofDevkit(files)).toEqual([]);
  });

  it('stack/main.js has', () => {
    expect(ofDevkit(filesIn('stack/main.js'))).toContain('build/devkit/redis-instance.js');
  });
});
