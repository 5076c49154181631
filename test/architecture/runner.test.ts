import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './cruise.js';

const runTests = (
  args: readonly string[],
  ci = 'false',
): { code: number | null; last: string; said: string } => {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, CI: ci };
  const command = [join(ROOT, 'scripts', 'test.mjs'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  return { code: status, last: stdout.trim().split('\n').at(-1) ?? '', said: stderr };
};

const ONE = /^1 passed, 0 failed, [1-9]\d* skipped$/;

describe('the test runner', () => {
  it('ends with the counts, and fails on a skipped test only with CI=true', () => {
    const args = ['architecture', 'lint.test', '-t', 'may not print'];
    expect(runTests(args)).toMatchObject({ code: 0, last: expect.stringMatching(ONE) });
    expect(runTests(args, 'true')).toMatchObject({
      code: 1,
      last: expect.stringMatching(ONE),
      said: expect.stringContaining('a skipped test is a failure'),
    });
  });

  it('fails when no test was executed', () => {
    const { code, last, said } = runTests(['architecture', 'lint.test', '-t', 'there is no such rule']);
    expect(code).toBe(1);
    expect(last).toMatch(/^0 passed, 0 failed, [1-9]\d* skipped$/);
    expect(said).toContain('no test was executed');
  });
});
