import { describe, expect, it } from '@jest/globals';
import { adviceFromHelp } from '../../../src/modules/app-server/child/launch-advice.policy.js';

const SET = 'set APP_SERVER_COMMAND to a command such as "codex app-server"';
const LACKS_SUBCOMMAND = `APP_SERVER_COMMAND (it) does not name the subcommand app-server, and so starts something else; ${SET}`;
const OTHER_PROGRAM = `APP_SERVER_COMMAND (it) starts a program that knows no app-server, or one that is too old; ${SET}`;
const commands = (...lines: string[]) =>
  ['Usage: codex [OPTIONS] [PROMPT]', '', 'Commands:', ...lines].join('\n');

describe('a command that does not start', () => {
  it.each([
    commands('  exec  Run', '  app-server  Run the app server'),
    commands('app-server'),
    'Usage: codex\napp-server  Run',
    commands('\tapp-server: runs'),
    `Codex CLI\n\n${commands('  app-server  Run')}`,
  ])('lacks the subcommand when its help has it as another one: %j', (help) => {
    expect(adviceFromHelp(help, 'it')).toBe(LACKS_SUBCOMMAND);
  });

  it.each([
    'Usage: cat [OPTION]... [FILE]...',
    'usage: cat',
    'Usage:',
    '  \tUSAGE: \t cat',
    'cat 1.0\nUsage: cat',
    commands('  exec  Run'),
    commands('  app-servers  Lists them'),
    commands('  exec  Run, but not as app-server'),
    commands('  my-app-server  Run'),
    'Usage: codex\napp-servers',
    'Usage: codex app-servers',
    'Usage: codex myapp-server',
    'Usage: codex\n\n  see app-server',
    'Usage: codex\n  [OPTIONS]\n  with app-server',
  ])('is another program, or an old one, when its help has no such subcommand: %j', (help) => {
    expect(adviceFromHelp(help, 'it')).toBe(OTHER_PROGRAM);
  });

  it.each([
    'Usage: codex app-server [OPTIONS]',
    '  USAGE:\tcodex app-server',
    'usage:app-server',
    'Run the server\n\nusage: codex app-server',
    'usage: codex \n   app-server [OPTIONS]',
    'Usage:\n\tcodex app-server [OPTIONS]',
    'Usage: codex app-server\n\nCommands:\n  app-server  Run',
  ])('is what it should be when its usage says so: %j', (help) => {
    expect(adviceFromHelp(help, 'it')).toBeNull();
  });

  it.each(['', 'no help', '  app-server  Run', 'The usage: codex', 'usage codex', 'Misusage: codex'])(
    'is told nothing by a help without usage: %j',
    (help) => {
      expect(adviceFromHelp(help, 'it')).toBeNull();
    },
  );
});
