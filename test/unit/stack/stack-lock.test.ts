import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lockHolder, releaseLock, startOf, takeLock } from '../../../src/stack/stack-lock.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const lockFile = (): string => join(tempDir('lock'), 'stack.lock');

describe('the lock of a stack', () => {
  it('is held by the process that took it, until it lets go', () => {
    const file = lockFile();
    expect(takeLock(file)).toBeUndefined();
    expect(lockHolder(file)?.pid).toBe(process.pid);
    releaseLock(file);
    expect(existsSync(file)).toBe(false);
  });

  it('names its holder to another', async () => {
    const file = lockFile();
    const other = spawn('sleep', ['60']);
    try {
      writeFileSync(file, JSON.stringify({ pid: other.pid, startedAt: startOf(other.pid as number) }));
      expect(takeLock(file)?.pid).toBe(other.pid);
    } finally {
      other.kill('SIGKILL');
    }
    await new Promise((resolve) => other.once('exit', resolve));
    expect(takeLock(file)).toBeUndefined();
  });

  it('is not held by a process that merely got the same pid', () => {
    const file = lockFile();
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'another time' }));
    expect(lockHolder(file)).toBeUndefined();
    expect(takeLock(file)).toBeUndefined();
  });

  it.each(['', '{}', 'not json'])('that is broken (%j) is taken anew', (content) => {
    const file = lockFile();
    writeFileSync(file, content);
    expect(takeLock(file)).toBeUndefined();
  });
});
