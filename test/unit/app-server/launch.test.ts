import { describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../../src/modules/app-server/child/child-environment.policy.js';
import {
  secretsGiven,
  secretsOfAuth,
  secretsOfConfig,
} from '../../../src/modules/app-server/child/child-secrets.js';
import { adviceFromHelp } from '../../../src/modules/app-server/child/launch-advice.policy.js';
import { launchArguments } from '../../../src/modules/app-server/child/launch-arguments.policy.js';
import { shellWords } from '../../../src/modules/app-server/child/shell-words.policy.js';

describe('a command line', () => {
  it.each([
    ['codex app-server', ['codex', 'app-server']],
    ['  codex   app-server\t', ['codex', 'app-server']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`a ''`, ['a', '']],
    [`-c 'x={name="n"}'`, ['-c', 'x={name="n"}']],
    [`"say \\"hi\\" \\n"`, ['say "hi" \\n']],
    ['a\\ b c', ['a b', 'c']],
    [`pre'fi'"x"`, ['prefix']],
    ['$HOME ~ * `x`', ['$HOME', '~', '*', '`x`']],
    ['', []],
  ])('%j is split as a shell would, and nothing is expanded', (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });

  it.each([`a 'b`, 'a "b', 'a \\'])('%j is refused', (line) => {
    expect(() => shellWords(line)).toThrow();
  });
});

const settings = {
  APP_SERVER_COMMAND: 'codex app-server',
  APP_SERVER_MODEL: undefined,
  APP_SERVER_PROVIDER: undefined,
  APP_SERVER_SANDBOX: 'read-only',
} as const;

describe('the launch', () => {
  it('is read-only and asks for no approval by default', () => {
    const { command, args } = launchArguments(settings);
    expect(command).toBe('codex');
    expect(args[0]).toBe('app-server');
    expect(args).toEqual(expect.arrayContaining(['sandbox_mode="read-only"', 'approval_policy="never"']));
  });

  it('names model and provider, quoted so that they cannot be more than that', () => {
    const { args } = launchArguments({
      ...settings,
      APP_SERVER_MODEL: 'm"\nsandbox_mode="danger-full-access',
      APP_SERVER_PROVIDER: 'local',
    });
    expect(args).toContain('model_provider="local"');
    expect(args).toContain('model="m\\"\\nsandbox_mode=\\"danger-full-access"');
  });

  it.each([`codex 'app-server`, '""'])('names the setting when the command is %j', (APP_SERVER_COMMAND) => {
    expect(() => launchArguments({ ...settings, APP_SERVER_COMMAND })).toThrow(/^APP_SERVER_COMMAND /);
  });
});

describe('the environment of the child', () => {
  it('has nothing of our own settings but what it needs', () => {
    const own = new Set(['DATABASE_URL', 'AUTH_SECRET', 'CODEX_HOME', 'OPENAI_API_KEY']);
    const env = {
      PATH: '/bin',
      DATABASE_URL: 'x',
      AUTH_SECRET: 'y',
      CODEX_HOME: '/h',
      OPENAI_API_KEY: 'sk',
      GONE: undefined,
    };
    expect(childEnvironment(env, own)).toEqual({
      PATH: '/bin',
      CODEX_HOME: '/h',
      OPENAI_API_KEY: 'sk',
      NO_COLOR: '1',
    });
  });

  it('says which of its values must not be printed, whatever they are called', () => {
    const given = {
      PATH: '/usr/bin:/bin',
      LOCAL_API_KEY: 'sk-123456789',
      MY_TOKEN: 'short',
      A_SECRET: 'longenough',
      VENDOR: 'a1b2c3d4e5f6g7h8',
      GH_PAT: 'plain-words-here',
      MODEL: 'gpt-4o-mini-2024-07-18',
      SSH_AUTH_SOCK: '/tmp/ssh/agent',
      PROXY: 'http://me:p4ssw0rd@proxy:3128',
      NAMED: 'abc123',
    };
    expect(secretsGiven(given, new Set(['NAMED']))).toEqual([
      'sk-123456789',
      'longenough',
      'a1b2c3d4e5f6g7h8',
      'plain-words-here',
      'http://me:p4ssw0rd@proxy:3128',
      'p4ssw0rd',
      'abc123',
    ]);
  });

  it('has secrets in the files of codex too', () => {
    const auth = {
      OPENAI_API_KEY: null,
      tokens: { access_token: 'opaque-access', refresh_token: 'opaque-refresh' },
      last_refresh: '2026-11-01T10:00:00Z',
    };
    expect(secretsOfAuth(auth)).toEqual(['opaque-access', 'opaque-refresh']);
    const toml = `model = "gpt-5"
[model_providers.local]
base_url = "http://127.0.0.1:1/v1"
env_key = "LOCAL"
experimental_bearer_token = "bearer-in-file"
http_headers = { "X-Api" = "header-in-file" }
env_http_headers = { "X-Other" = "OTHER" }
`;
    expect(secretsOfConfig(toml)).toEqual({
      values: ['bearer-in-file', 'header-in-file'],
      variables: ['LOCAL', 'OTHER'],
    });
  });
});

describe('a command that does not start', () => {
  const codex =
    'Codex CLI\n\nUsage: codex [OPTIONS] [PROMPT]\n\nCommands:\n  exec  Run\n  app-server  Run the app server\n';
  it.each([
    [codex, /^APP_SERVER_COMMAND \(it\) does not name the subcommand app-server.*"codex app-server"/],
    ['Usage: cat [OPTION]... [FILE]...', /knows no app-server/],
  ])('is told what to set by its help %#', (help, advice) => {
    expect(adviceFromHelp(help, 'it')).toMatch(advice);
  });

  it.each(['Usage: codex app-server [OPTIONS]', 'usage: codex \n   app-server [OPTIONS]', 'no help', ''])(
    'is told nothing by %j',
    (help) => {
      expect(adviceFromHelp(help, 'it')).toBeNull();
    },
  );
});
