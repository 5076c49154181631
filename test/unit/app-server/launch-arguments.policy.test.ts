import { describe, expect, it } from '@jest/globals';
import {
  launchArguments,
  type LaunchSettings,
} from '../../../src/modules/app-server/child/launch-arguments.policy.js';

const launch = (settings: Partial<LaunchSettings> = {}) =>
  launchArguments({ APP_SERVER_COMMAND: 'codex app-server', APP_SERVER_SANDBOX: 'read-only', ...settings });
const ALWAYS = [
  ['-c', 'approval_policy="never"'],
  ['-c', 'history.persistence="none"'],
  ['-c', 'shell_environment_policy.inherit="core"'],
].flat();

describe('the launch', () => {
  it('asks for no approval, keeps no history and hands on little, whatever the file of codex says', () => {
    expect(launch()).toEqual({
      command: 'codex',
      args: ['app-server', '-c', 'sandbox_mode="read-only"', ...ALWAYS],
    });
  });

  it('names sandbox, model and provider as they are set', () => {
    const set = { APP_SERVER_MODEL: 'm', APP_SERVER_PROVIDER: 'p', APP_SERVER_SANDBOX: 'workspace-write' };
    expect(launch(set).args).toEqual([
      'app-server',
      ...['-c', 'model="m"', '-c', 'model_provider="p"', '-c', 'sandbox_mode="workspace-write"'],
      ...ALWAYS,
    ]);
  });

  it('quotes a value so that it cannot be more than that', () => {
    const { args } = launch({ APP_SERVER_MODEL: 'm"\nsandbox_mode="danger-full-access' });
    expect(args[2]).toBe('model="m\\"\\nsandbox_mode=\\"danger-full-access"');
  });

  it('keeps the words of the command in their order', () => {
    const { command, args } = launch({ APP_SERVER_COMMAND: `'/opt/my codex' -c x="1" app-server` });
    expect(command).toBe('/opt/my codex');
    expect(args.slice(0, 4)).toEqual(['-c', 'x=1', 'app-server', '-c']);
  });

  it.each(['', '  ', '""', "'' app-server"])('of %j names no program', (APP_SERVER_COMMAND) => {
    expect(() => launch({ APP_SERVER_COMMAND })).toThrow(
      new Error('APP_SERVER_COMMAND names no program; set it to a command such as "codex app-server"'),
    );
  });

  it.each([
    [`codex 'app-server`, "a ' is not closed"],
    ['codex app-server\\', 'it ends with a backslash'],
  ])('of %j says which setting cannot be split, and why: %s', (APP_SERVER_COMMAND, why) => {
    expect(() => launch({ APP_SERVER_COMMAND })).toThrow(
      expect.objectContaining({
        message: `APP_SERVER_COMMAND cannot be split into words: ${why}`,
        cause: new Error(why),
      }),
    );
  });
});
