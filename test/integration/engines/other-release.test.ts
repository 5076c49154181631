import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { alone, noOtherRelease, provideRelease } from '#devkit';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import { tempDir } from '../../fixtures/temp-dir.js';

describe('what one does alone', () => {
  it('is done by one after the other, also when the first one fails', async () => {
    const lock = join(tempDir('lock'), 'of.lock');
    const told: string[] = [];
    let finish: () => void = () => undefined;
    const first = alone(lock, async () => {
      told.push('first begins');
      await new Promise<void>((resolve) => (finish = resolve));
      told.push('first ends');
      throw new Error('as it was told');
    });
    const second = alone(lock, async () => void told.push('second'));
    await eventually(() => told.length === 1);
    finish();
    await expect(first).rejects.toThrow('as it was told');
    await second;
    expect(told).toEqual(['first begins', 'first ends', 'second']);
  });

  it('does not wait for one that has died', async () => {
    const dead = await TestProcess.start('-e', { program: process.execPath, args: ['0'] });
    await dead.exited;
    const lock = join(tempDir('lock'), 'of.lock');
    writeFileSync(lock, String(dead.pid));
    expect(await alone(lock, () => Promise.resolve('done'))).toBe('done');
  });
});

(noOtherRelease() === undefined ? describe : describe.skip)('a release that there is not', () => {
  it('is told of in the words of apt, and leaves nothing', async () => {
    const engines = tempDir('engines');
    const release = { suite: 'no-such-release', packages: ['redis-server'] };
    await expect(provideRelease(release, () => undefined, engines)).rejects.toThrow(/no-such-release/);
    expect(readdirSync(engines)).toEqual([]);
  });
});
