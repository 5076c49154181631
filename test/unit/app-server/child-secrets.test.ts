import { describe, expect, it } from '@jest/globals';
import {
  secretsGiven,
  secretsOfAuth,
  secretsOfConfig,
} from '../../../src/modules/app-server/child/child-secrets.js';

describe('the environment of the child', () => {
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
