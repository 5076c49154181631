import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { assessSettings, type EnvironmentFacts } from '../../../src/modules/environment/settings.assess.js';

describe('the settings', () => {
  const assess = (environment: Record<string, string>) => {
    const { settings, problems } = parseSettings(environment);
    return assessSettings({
      problems,
      nodeEnv: settings.NODE_ENV,
      production: settings.production,
      opsTokenSet: settings.OPS_TOKEN !== undefined,
      apiTokenSet: settings.API_TOKEN !== undefined,
    });
  };
  const valid = {
    NODE_ENV: 'production',
    AUTH_SECRET: 'a-long-random-secret-0451',
    OPS_TOKEN: 'ops-8f1c2d3e4b5a69',
    API_TOKEN: 'api-0a9b8c7d6e5f41',
  };

  it.each(['production', 'development', 'test'])('pass in NODE_ENV=%s when they are valid', (NODE_ENV) => {
    expect(assess({ ...valid, NODE_ENV }).code).toBe('environment.valid');
  });

  it.each([
    [{ AUTH_SECRET: '' }, 'environment.setting_missing', 'AUTH_SECRET'],
    [{ AUTH_SECRET: 'changeme' }, 'environment.secret_weak', 'AUTH_SECRET'],
    [{ PORT: 'eighty' }, 'environment.setting_invalid', 'PORT'],
    [{ LITELLM_BASE_URL: 'http://h' }, 'environment.setting_missing', 'LITELLM_MASTER_KEY'],
    [{ OPS_TOKEN: '' }, 'environment.ops_token_missing', 'OPS_TOKEN'],
    [{ API_TOKEN: '' }, 'environment.api_token_missing', 'API_TOKEN'],
    [{ API_TOKEN: 'a' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'changeme' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'aaaaaaaaaaaaaaaaaaaaaaaa' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'one two three four five' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'ops-8f1c2d3e4b5a69' }, 'environment.token_weak', 'OPS_TOKEN'],
    [{ OPS_TOKEN: 'secret' }, 'environment.token_weak', 'OPS_TOKEN'],
    [{ NODE_ENV: '' }, 'environment.node_env_assumed', 'NODE_ENV'],
    [{ NODE_ENV: 'staging' }, 'environment.node_env_assumed', 'NODE_ENV'],
  ])('with %j are %s, by name', (change, code, name) => {
    const assessed = assess({ ...valid, ...(change as Record<string, string>) });
    expect(assessed.code).toBe(code);
    expect(assessed.message).toContain(name);
  });

  it('need no OPS_TOKEN in development', () => {
    expect(assess({ ...valid, NODE_ENV: 'development', OPS_TOKEN: '' }).code).toBe('environment.valid');
  });

  it('tell everything that is wrong in one line, the gravest first, and no value', () => {
    const { code, message } = assess({ PORT: 'eighty-eight', LOG_LEVEL: 'loudest', OPS_TOKEN: '' });
    expect(code).toBe('environment.setting_missing');
    expect(message).not.toContain('\n');
    const order = ['AUTH_SECRET', 'PORT', 'LOG_LEVEL', 'NODE_ENV', 'OPS_TOKEN'].map((name) =>
      message.indexOf(name),
    );
    expect(order.every((index) => index >= 0)).toBe(true);
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    for (const value of ['eighty-eight', 'loudest']) expect(message).not.toContain(value);
  });
});

describe('what is found of the settings', () => {
  const well: EnvironmentFacts = {
    problems: [],
    nodeEnv: 'production',
    production: true,
    opsTokenSet: true,
    apiTokenSet: true,
  };
  const assess = (facts: Partial<EnvironmentFacts>) => assessSettings({ ...well, ...facts });
  const problem = (kind: EnvironmentFacts['problems'][number]['kind'], message: string = kind) => ({
    name: 'PORT' as const,
    kind,
    message,
  });
  const ops = 'OPS_TOKEN is not set, so details and metrics are open to everyone; set it';
  const api = 'API_TOKEN is not set, so workflows and executions are closed to everyone; set it';

  it('is nothing when all is set', () => {
    expect(assess({})).toEqual({ code: 'environment.valid', message: 'Settings and secrets are valid.' });
  });

  it.each<[Partial<EnvironmentFacts>, string, string]>([
    [
      { nodeEnv: undefined },
      'node_env_assumed',
      'NODE_ENV is not set, so production is assumed; set it to production',
    ],
    [
      { nodeEnv: 'staging' },
      'node_env_assumed',
      'NODE_ENV is none of production, development and test, so production is assumed; set it to production',
    ],
    [{ opsTokenSet: false }, 'ops_token_missing', ops],
    [{ apiTokenSet: false }, 'api_token_missing', api],
    [{ opsTokenSet: false, apiTokenSet: false }, 'ops_token_missing', `${ops}; ${api}`],
  ])('in production, with %j, is environment.%s with its mend', (facts, code, message) => {
    expect(assess(facts)).toEqual({ code: `environment.${code}`, message });
  });

  it.each(['development', 'test', undefined])(
    'outside of production lacks nothing, NODE_ENV=%s',
    (nodeEnv) => {
      const facts = { nodeEnv, production: false, opsTokenSet: false, apiTokenSet: false };
      expect(assess(facts).code).toBe('environment.valid');
    },
  );

  it.each([
    ['missing', 'setting_missing'],
    ['weak', 'secret_weak'],
    ['invalid', 'setting_invalid'],
    ['weak-token', 'token_weak'],
  ] as const)('is, for a problem that is %s, environment.%s', (kind, code) => {
    expect(assess({ problems: [problem(kind)] })).toEqual({ code: `environment.${code}`, message: kind });
  });

  it('is told the gravest first, those of one kind as they came, and what is not set last', () => {
    const problems = [
      problem('weak-token'),
      problem('invalid', 'first'),
      problem('invalid', 'second'),
      problem('weak'),
      problem('missing'),
    ];
    expect(assess({ problems, apiTokenSet: false })).toEqual({
      code: 'environment.setting_missing',
      message: `missing; weak; first; second; weak-token; ${api}`,
    });
    expect(assess({ problems: problems.slice(0, -1) }).code).toBe('environment.secret_weak');
    expect(assess({ problems: problems.slice(0, -2) }).code).toBe('environment.setting_invalid');
  });

  it('is one line, whatever blanks a problem has', () => {
    expect(assess({ problems: [problem('invalid', 'a\n\tb  c d')] }).message).toBe('a b c d');
  });
});
