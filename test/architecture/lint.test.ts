import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { ROOT } from './cruise.js';

// The texts are no files, so the rules that need types are left out here.
const eslint = new ESLint({
  cwd: ROOT,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false, project: false } },
    rules: { ...tseslint.configs.disableTypeChecked.rules },
  },
});

const broken = async (filePath: string, text: string): Promise<(string | null)[]> => {
  const [result] = await eslint.lintText(text, { filePath });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
};

describe('a pure file', () => {
  it.each([
    ['the clock', 'export const f = () => Date.now();'],
    ['the clock by new Date()', 'export const f = () => new Date();'],
    ['randomness', 'export const f = () => Math.random();'],
    ['a timer', 'export const f = () => setTimeout(String, 1);'],
    ['the process', 'export const f = () => process.uptime();'],
    ['Node', "export * from 'node:fs';"],
    ['Nest', "export * from '@nestjs/common';"],
    ['waiting', 'export const f = async (p: Promise<void>) => { await p; };'],
  ])('may not use %s', async (_, text) => {
    expect(await broken('src/modules/queue/a.policy.ts', text)).toEqual([
      expect.stringMatching(/^no-restricted-/),
    ]);
    expect(await broken('src/modules/queue/a.service.ts', text)).toEqual([]);
  });

  it('may compute with the time that it is given', async () => {
    expect(
      await broken('src/modules/queue/a.state.ts', 'export const f = (now: number) => new Date(now);'),
    ).toEqual([]);
  });
});

describe('a source file', () => {
  it.each(['knock', 'REHEARSAL_KEYS', 'plantSentinel', 'misunderstood', 'sentinelKey', 'RedisProbe'])(
    'may not call a thing %s, which has another name',
    async (name) => {
      expect(await broken('src/modules/queue/a.service.ts', `export const ${name} = 1;`)).toEqual([
        'id-match',
      ]);
      expect(await broken('src/modules/queue/a.service.ts', `export const a = '${name}';`)).toEqual([]);
    },
  );

  it('may not print past the logger', async () => {
    expect(await broken('src/modules/queue/a.service.ts', 'console.log(1);')).toEqual(['no-console']);
    expect(await broken('devkit/a.ts', 'console.log(1);')).toEqual(['no-console']);
  });

  it.each([
    ['an interval', 'globals', 'export const f = () => setInterval(String, 1);'],
    ['an interval by another name', 'globals', 'export const again = setInterval;'],
    [
      'an interval of the global object',
      'properties',
      'export const f = () => globalThis.setInterval(String, 1);',
    ],
    ['an interval of Node', 'imports', "export { setInterval } from 'node:timers';"],
    ['an interval of promises', 'imports', "export { setInterval } from 'node:timers/promises';"],
  ])('may not use %s: what throws there ends the process', async (_, rule, text) => {
    expect(await broken('src/stack/a.ts', text)).toEqual([`no-restricted-${rule}`]);
    expect(await broken('src/modules/kernel/every.ts', text)).toEqual([]);
  });
});

describe('a test', () => {
  it('may not sleep', async () => {
    const text = 'await new Promise((resolve) => setTimeout(resolve, 500));';
    expect(await broken('test/unit/queue/a.test.ts', text)).toEqual(['no-restricted-syntax']);
  });
});
