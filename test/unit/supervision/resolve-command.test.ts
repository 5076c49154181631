import { describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveCommand } from '../../../src/modules/supervision/process/resolve-command.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const dir = tempDir('commands');
for (const folder of ['bin', 'later', 'later/tool-folder']) mkdirSync(join(dir, folder));
for (const file of ['bin/tool', 'later/tool', 'here']) {
  writeFileSync(join(dir, file), '');
  chmodSync(join(dir, file), 0o755);
}
writeFileSync(join(dir, 'bin/not-executable'), '');
const env = { PATH: `${join(dir, 'bin')}:${join(dir, 'later')}` };

describe('resolving a command', () => {
  it('takes the first on the PATH', () => {
    expect(resolveCommand('tool', env, dir)).toBe(join(dir, 'bin/tool'));
  });

  it('takes a path from the working directory', () => {
    expect(resolveCommand('./here', env, dir)).toBe(join(dir, 'here'));
  });

  it('does not look into the working directory when there is no PATH', () => {
    expect(() => resolveCommand('here', {}, dir)).toThrow('here is not an executable file on the PATH');
  });

  it.each(['not-executable', 'tool-folder', 'absent'])('refuses %s, and says what to do', (command) => {
    expect(() => resolveCommand(command, env, dir)).toThrow(
      `${command} is not an executable file on the PATH; install it, or name the program by its full path`,
    );
  });

  it('names a working directory that does not exist', () => {
    expect(() => resolveCommand('tool', env, join(dir, 'gone'))).toThrow(
      /working directory .*gone does not exist/,
    );
  });
});
