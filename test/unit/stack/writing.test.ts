import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LogFile } from '../../../src/stack/log-file.js';
import { readState, StateFile, type StackState } from '../../../src/stack/stack-state.js';
import { FULL, isWritable } from '../../fixtures/full-disk.js';
import { tempDir } from '../../fixtures/temp-dir.js';

/** Where it is root's alone, nothing can be written to it either. */
const CODE = isWritable(FULL) ? 'ENOSPC' : 'EACCES';
const describeOnLinux = existsSync(FULL) ? describe : describe.skip;

describeOnLinux('on a full disk', () => {
  it('a log loses lines, tells of it once, and says how many are missing when there is room', () => {
    const file = join(tempDir('log'), 'api.log');
    const told: string[] = [];
    const log = new LogFile(file, (text) => told.push(text));
    log.write('one');
    rmSync(file);
    symlinkSync(FULL, file);
    for (const line of ['two', 'three', 'four']) log.write(line);
    expect(told).toEqual([`the log api.log cannot be written (${CODE}); the stack goes on`]);
    rmSync(file);
    log.write('five');
    log.write('six');
    expect(told.slice(1)).toEqual(['the log api.log is written again']);
    expect(readFileSync(file, 'utf8')).toBe(
      '\n-- 3 lines are missing here: they could not be written\nfive\nsix\n',
    );
  });

  it('a log whose folder is gone loses lines, too', () => {
    const told: string[] = [];
    const log = new LogFile(join(tempDir('log'), 'nowhere', 'api.log'), (text) => told.push(text));
    log.write('one');
    log.write('two');
    expect(told).toEqual([expect.stringContaining('(ENOENT)')]);
  });

  it('the state of the stack is as it was, and written again when there is room', () => {
    const file = join(tempDir('state'), 'stack.json');
    const told: string[] = [];
    const state = new StateFile(file, (text) => told.push(text));
    const of = (phase: StackState['phase']) => ({ phase }) as StackState;
    state.write(of('starting'));
    // What is written beside it is what finds no room.
    for (let time = 0; time < 2; time++) {
      symlinkSync(FULL, `${file}.${process.pid}`);
      state.write(of('up'));
      expect(readState(file)?.phase).toBe('starting');
      expect(existsSync(`${file}.${process.pid}`)).toBe(false);
    }
    state.write(of('up'));
    expect(readState(file)?.phase).toBe('up');
    expect(told).toEqual([
      `what --status shows cannot be written (${CODE}); the stack goes on`,
      'what --status shows is written again',
    ]);
  });
});
