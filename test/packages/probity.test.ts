import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { atEnd } from '../fixtures/cleanup.js';
import { RedisServer } from '../fixtures/redis.js';
import { packed, ran } from './foreign-app.js';

const MOST_INSTALLED = 2_000_000;
/** Of a machine that has nothing else to do; where tests run beside, many times that. */
const QUICK_MS = 1000;

let dir: string;
let redis: RedisServer;

/** Bytes of all files in it. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(folder, path)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'probity-empty-'));
  atEnd(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'package.json'), '{"private":true}');
  const file = packed().find(({ name }) => name === 'probity')?.file ?? '';
  // Far from any registry: there is nothing else to be had.
  const { code, output } = await ran('npm', ['install', '--offline', '--no-audit', '--no-fund', file], dir);
  expect({ code, output }).toMatchObject({ code: 0 });
  redis = await RedisServer.start();
});

describe('the command, installed into an empty folder', () => {
  it('is small, and one package', () => {
    const modules = join(dir, 'node_modules');
    expect(sizeOf(modules)).toBeLessThanOrEqual(MOST_INSTALLED);
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['probity']);
    console.log(`probity: ${Math.round(sizeOf(modules) / 1000)} kB installed`);
  });

  it('starts at once', () => {
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      const { status } = spawnSync(join(dir, 'node_modules', '.bin', 'probity'), ['--version']);
      expect(status).toBe(0);
      return performance.now() - began;
    });
    console.log(`probity --version: ${times.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
    expect(Math.min(...times)).toBeLessThan(QUICK_MS);
  });

  it('looks at a real Redis by npx, and tells its version', async () => {
    const queue = new Queue('mail', { connection: { host: redis.host, port: redis.port } });
    queue.on('error', () => undefined);
    atEnd(() => queue.close());
    await queue.add('send', {}, { timestamp: Date.now() - 120_000 });
    const npx = ['--no-install', 'probity'];
    const { code, output } = await ran('npx', [...npx, 'look', '--for', '1s'], dir, { REDIS_URL: redis.url });
    expect(output).toMatch(/✕ mail {2}worker\.not_started .*a restart helps/);
    expect(code).toBe(2);
    const { version } = JSON.parse(
      readFileSync(new URL('../../packages/probity/package.json', import.meta.url), 'utf8'),
    );
    expect(await ran('npx', [...npx, '--version'], dir)).toEqual({ code: 0, output: `${version}\n` });
  });
});
