import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readEnvFile } from '../../../src/modules/config/index.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const fileWith = (content: string | Buffer) => {
  const path = join(tempDir('env'), '.env');
  writeFileSync(path, content);
  return path;
};

describe('a .env', () => {
  it('is read past its byte-order mark, comments and quoted lines', () => {
    const text = '\uFEFFREDIS_URL=redis://h\r\n# PORT 1\n\nexport A="one\ntwo"\nB = 3\n';
    const { values, problem } = readEnvFile(fileWith(text));
    expect(problem).toBeUndefined();
    expect(values).toMatchObject({ REDIS_URL: 'redis://h', A: 'one\ntwo', B: '3' });
  });

  it('may be absent', () => {
    expect(readEnvFile(join(tempDir('env'), '.env'))).toEqual({ values: {} });
  });

  it('that is a directory is told', () => {
    const path = join(tempDir('env'), '.env');
    mkdirSync(path);
    expect(readEnvFile(path)).toEqual({ values: {}, problem: expect.stringContaining('is a directory') });
  });

  it('that may not be read is told', () => {
    const path = fileWith('A=1');
    chmodSync(path, 0);
    // The superuser may read it all the same.
    if (process.getuid?.() !== 0) expect(readEnvFile(path).problem).toContain('EACCES');
    expect(readEnvFile(join(path, 'below')).problem).toContain('ENOTDIR');
  });

  it.each([
    ['a line without =', 'A=1\nREDIS_URL redis://:hunter22@h\n', 'line 2 (a setting of the queue)'],
    ['a quote that never ends', 'A=1\nB="one\nC=2\n', 'line 2 is'],
    ['UTF-16', Buffer.from('REDIS_URL=redis://h', 'utf16le'), 'UTF-8'],
  ])('with %s is told by line, never by what it holds', (_what, content, told) => {
    const { problem } = readEnvFile(fileWith(content));
    expect(problem).toContain(told);
    expect(problem).not.toContain('hunter22');
  });
});
