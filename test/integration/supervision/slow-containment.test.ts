import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { detectContainment } from '../../../src/modules/supervision/index.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const dir = tempDir('slow-unshare');
const real = process.env['PATH'] ?? '';
const flags = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'];
const makesNamespaces = spawnSync('unshare', [...flags, '--pid', '--fork', 'true']).status === 0;

const calls = () => readFileSync(join(dir, 'calls'), 'utf8').length;

/** From now on `unshare` does not get on, so many times. */
function delay(times: number): void {
  writeFileSync(join(dir, 'calls'), '');
  const script = `printf x >>'${dir}/calls'; [ "$(wc -c <'${dir}/calls')" -le ${times} ] && exec sleep 60
PATH='${real}'; exec unshare "$@"`;
  writeFileSync(join(dir, 'unshare'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, 'unshare'), 0o755);
  process.env['PATH'] = `${dir}:${real}`;
}

(makesNamespaces ? describe : describe.skip)('on a machine that is too busy to try out a containment', () => {
  it('none is taken for impossible: whoever asks next has it tried out again', async () => {
    // Two ways, each tried twice.
    delay(4);
    expect(await detectContainment()).toEqual({ kind: 'group' });
    expect(calls()).toBe(4);
    delay(1);
    const found = await detectContainment();
    expect(found.kind).toBe('namespace');
    expect(calls()).toBe(2);
    expect(await detectContainment()).toBe(found);
    expect(calls()).toBe(2);
  });
});
