import { describe, expect, it } from '@jest/globals';
import '../../fixtures/all-codes.js';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { settingsShape } from '../../../src/modules/config/settings.schema.js';
import { registry } from '../../../src/modules/health/codes/registry.js';
import { PROBLEMS } from '../../../src/modules/http/problems/registry.js';
import { createRedact } from '../../../src/modules/kernel/index.js';

const SECRETS = {
  DATABASE_URL: 'postgres://app:hunter22@db.internal:5432/app',
  REDIS_URL: 'rediss://worker:r3dis-P4ss@cache.internal:6379/0',
  OPS_TOKEN: 'ops-token-of-the-hints-0001',
  API_TOKEN: 'api-token-of-the-hints-0001',
  OPENAI_API_KEY: 'sk-real-looking-key-0123456789abcdef',
};
/** Passwords that are words of our hints: to hide them wherever they stand would leave no hint readable. */
const WORDS = {
  DATABASE_URL: 'postgres://user:password@host:5432/database',
  REDIS_URL: 'redis://user:password@host:6379/0',
  QUEUE_REDIS_PASSWORD: 'redis',
  OPS_TOKEN: 'token',
  API_TOKEN: 'user',
  AUTH_SECRET: 'secret',
};
/** What people have typed into settings; each is put into every one of them. */
const UNUSABLE = [
  'x y',
  '"quoted"',
  '-1',
  '99999999999999',
  'redis://user:12/ss@h',
  'redis://h:0',
  'redis://h#frag',
  'redis://h/0?password=hunter33',
  'redis://h,g:1',
  'redis://h/zero',
  'valkey ://x',
  'postgres:///postgres',
  'postgres://u:p/w@h/d',
  'postgres://u:p@h/d#x',
  'postgres://u:p@h/d/e',
  'postgres://u:p:q@h:port/d',
  'postgres://u:p@h/d?statement_timeout=5',
  'postgres://u:p@h/d?schema=x',
  'postgres://u:p@h/d?service=x',
  'postgres://u:p@h/d?sslmode=maybe',
  'postgres://h/d',
  'ftp://x',
  'host:port,other',
];

const problemsOf = (environment: Record<string, string>) =>
  parseSettings(environment).problems.map(({ message }) => message);

function advice(): readonly string[] {
  const settings = Object.keys(settingsShape).flatMap((name) =>
    UNUSABLE.flatMap((value) => problemsOf({ [name]: value })),
  );
  const others = [
    {},
    { AUTH_SECRET: 'changeme' },
    { API_TOKEN: 'a b', OPS_TOKEN: 'a b' },
    { LITELLM_BASE_URL: 'http://h' },
    { QUEUE_REDIS_SENTINELS: 'h:1' },
    { QUEUE_REDIS_SENTINEL_PASSWORD: 'x' },
    { DECLARED_DEPENDENCIES: 'evm-rpc' },
    { WORKER_HEARTBEAT_TIMEOUT_MS: '1000', WORKER_HEARTBEAT_INTERVAL_MS: '1000' },
  ].flatMap(problemsOf);
  const codes = [...registry.values()].flatMap(({ message, means, ...more }) =>
    more.status === 'pass' ? [message, means] : [message, means, more.fix],
  );
  const refusals = Object.values(PROBLEMS).flatMap(({ title, detail }) => [title, detail]);
  return [...new Set([...settings, ...others, ...codes, ...refusals])].filter((text) => text !== undefined);
}

describe('the advice that the product gives', () => {
  const all = advice();

  it('is all of it: of every code, every refusal, and every kind of unusable setting', () => {
    expect(all.length).toBeGreaterThan(350);
    for (const shown of ['postgres://user:password@host:port/database', 'redis://user:password@host:port/']) {
      expect(all.some((text) => text.includes(shown))).toBe(true);
    }
  });

  it.each([
    ['real secrets', SECRETS],
    ['passwords that are words of the advice', WORDS],
    ['nothing', {}],
  ])('is readable when the settings hold %s', (_, environment) => {
    const redact = createRedact(parseSettings(environment).secrets);
    expect(all.filter((text) => redact(text) !== text).map((text) => redact(text))).toEqual([]);
    expect(all.filter((text) => redact(redact(text)) !== redact(text))).toEqual([]);
  });

  it('hides a secret that stands beside it', () => {
    const { secrets } = parseSettings(SECRETS);
    const redact = createRedact(secrets);
    const found = all.flatMap((text) =>
      secrets.map((secret) => ({ secret, clean: redact(`${text} ${secret}; ${secret}`) })),
    );
    expect(found.filter(({ secret, clean }) => clean.includes(secret))).toEqual([]);
  });
});
