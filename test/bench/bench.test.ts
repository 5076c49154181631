import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Row {
  readonly name: string;
  readonly perSecond?: number;
  readonly medianMs?: number;
}

/** The end of what the command printed, and the results that it wrote. */
function bench(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts', 'bench.mjs'), 'bench', ...args],
    { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  const file = stdout.trim().split('\n').at(-1) ?? '';
  return { status, stdout, stderr, file };
}

describe('npm run bench', () => {
  it('measures Probity and its peers, prints a table, and writes JSON', () => {
    const { status, stdout, stderr, file } = bench('--quick', 'throughput', 'boot');
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/Probity \/readyz against bare node:http/);
    const { results } = JSON.parse(readFileSync(resolve(ROOT, file), 'utf8')) as {
      results: Record<'throughput' | 'boot', { rows: Row[] }>;
    };
    const { throughput, boot } = results;
    expect(throughput.rows).toHaveLength(8);
    for (const row of throughput.rows) expect(row.perSecond).toBeGreaterThan(10);
    expect(boot.rows).toHaveLength(6);
    for (const row of boot.rows) expect(row.medianMs).toBeGreaterThan(10);
  });

  it('measures the supervised child: its exit, its gateway, its restarts', () => {
    const { status, stdout, stderr } = bench('--quick', 'child-exit', 'gateway', 'restarts');
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/exit of the supervised child: not ready .* ms at worst/);
    expect(stdout).toMatch(/supervisor over 100 restarts/);
  });

  it('measures what the import of @probity/worker adds to that of bullmq', () => {
    const { stdout, file } = bench('--quick', 'worker-import');
    expect(stdout).toMatch(/import of @probity\/worker beyond bullmq, MB/);
    const { results } = JSON.parse(readFileSync(resolve(ROOT, file), 'utf8')) as {
      results: Record<'worker-import', { rows: { name: string; median: number }[] }>;
    };
    const [ms] = results['worker-import'].rows;
    expect(ms).toMatchObject({ name: 'ms' });
    expect(ms?.median).toBeGreaterThan(0.1);
  });

  it('says what can be measured when asked for something else', () => {
    const { status, stderr } = bench('speed');
    expect(status).toBe(2);
    expect(stderr).toContain('throughput, boot, detection');
  });
});
