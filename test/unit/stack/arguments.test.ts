import { describe, expect, it } from '@jest/globals';
import { HELP, parseArguments } from '../../../scripts/lib/stack-arguments.mjs';

describe('the arguments of dev:stack', () => {
  it.each([
    [[], { command: 'up', json: false }],
    [['--detach'], { command: 'detach', json: false }],
    [['--status'], { command: 'status', json: false }],
    [['--json', '--status'], { command: 'status', json: true }],
    [['--stop'], { command: 'stop', json: false }],
    [['-h'], { command: 'help', json: false }],
    [['--stop', '--help'], { command: 'help', json: false }],
  ])('understands %j', (args, expected) => {
    expect(parseArguments(args)).toEqual(expected);
  });

  it('says what exists when it is asked for something else', () => {
    expect(parseArguments(['--dettach', 'x'])).toEqual({
      error: expect.stringMatching(/^unknown: --dettach x\..*--detach --status/),
    });
  });

  it('refuses two commands at once, and --json alone', () => {
    expect(parseArguments(['--stop', '--detach'])).toEqual({ error: expect.stringContaining('exclude') });
    expect(parseArguments(['--json'])).toEqual({ error: '--json goes with --status' });
  });

  it('explains every flag in its help', () => {
    for (const flag of ['--detach', '--status', '--json', '--stop', '--help']) expect(HELP).toContain(flag);
  });
});
