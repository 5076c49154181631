import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { createRedact } from '../../../src/modules/kernel/index.js';
import { crowd } from '../../fixtures/eventually.js';

const redactFor = (environment: Record<string, string>) => createRedact(parseSettings(environment).secrets);

describe('redact', () => {
  it.each([
    ['OPS_TOKEN', 'ops-token-1234'],
    ['API_TOKEN', 'api-token-1234'],
    ['AUTH_SECRET', 'auth-secret-1234'],
    ['QUEUE_REDIS_PASSWORD', 'redis-pass-1234'],
    ['OPENAI_API_KEY', 'sk-openai-1234'],
    ['ANTHROPIC_API_KEY', 'sk-ant-1234'],
    ['LITELLM_MASTER_KEY', 'sk-litellm-1234'],
  ])('hides the value of %s wherever it stands', (name, secret) => {
    const redact = redactFor({ [name]: secret });
    expect(redact(`a ${secret}, "${secret}" and x${secret}y`)).toBe(
      'a [redacted], "[redacted]" and x[redacted]y',
    );
  });

  it.each([
    ['DATABASE_URL', 'postgres://app:hunter22@db.internal:5432/app', 'hunter22'],
    ['REDIS_URL', 'redis://:hunter22@cache:6379/0', 'hunter22'],
    ['REDIS_URL', 'redis://app:p%40ss%2Fword@cache:6379/0', 'p@ss/word'],
    ['REDIS_URL', 'redis://app:p@ss-word@cache:6379/0', 'p@ss-word'],
    ['EVM_RPC_URL', 'https://user:hunter22@rpc.example/', 'hunter22'],
  ])('hides the password inside %s (%s), encoded or not', (name, url, password) => {
    const redact = redactFor({ [name]: url });
    for (const text of [`cannot reach ${url}`, `password ${password} is wrong`]) {
      const clean = redact(text);
      expect(clean).not.toContain(password);
      expect(clean).not.toContain(url);
    }
  });

  it('hides the key of an RPC provider in the path or the query', () => {
    const redact = redactFor({ EVM_RPC_URL: 'https://rpc.example/v2/0123456789abcdef?k=1' });
    expect(redact('GET /v2/0123456789abcdef?k=1 failed')).toBe('GET [redacted] failed');
  });

  it('hides a secret that was typed into a URL too broken to parse', () => {
    const redact = redactFor({ DATABASE_URL: 'postgres://app:hunter22@:port/x' });
    expect(redact('invalid: hunter22')).not.toContain('hunter22');
  });

  it('hides credentials of any URL, configured or not', () => {
    expect(createRedact([])('see amqp://user:secret@host/vhost')).toBe('see amqp://[redacted]@host/vhost');
  });

  it('hides a secret whole, though another one is part of it', () => {
    const redact = redactFor({ OPS_TOKEN: 'abcdef', API_TOKEN: 'abcdef-and-more' });
    expect(redact('abcdef-and-more')).toBe('[redacted]');
  });

  it('leaves ordinary text alone', () => {
    const redact = redactFor({ DATABASE_URL: 'postgres://db/app', OPS_TOKEN: 'x' });
    expect(redact('postgres://db/app has no password, x')).toBe('postgres://db/app has no password, x');
  });

  it.each([
    'sk-proj-Ab12Cd34Ef56Gh78',
    'sk-ant-api03-aaaa1111bbbb2222',
    'sk-r***************0451',
    'xai-0123456789abcdefABCDEF',
    'AIzaSyA1234567890abcdefghijklmnopqrstu',
    'ghp_0123456789abcdefABCDEF0123456789abcd',
    'github_pat_11ABCDEFG0123456789_abcdef',
    'AKIAIOSFODNN7EXAMPLE',
    'xoxb-123456789012-abcdefghij',
    'glpat-abcdefghij1234567890',
    'gsk_abcdefgh12345678abcdefgh',
    'rt_0123456789abcdefghij',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl',
  ])('hides %s by its shape, in any case', (secret) => {
    const redact = createRedact([]);
    for (const text of [secret, secret.toLowerCase(), secret.toUpperCase()]) {
      expect(redact(`it said (${text}), "${text}"`)).toBe('it said ([redacted]), "[redacted]"');
    }
  });

  it.each([
    ['Authorization: Bearer abcd', 'Authorization: Bearer [redacted]'],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic [redacted]"}'],
    ['sent bearer abc123def456', 'sent bearer [redacted]'],
    ['x-api-key: "k3y"', 'x-api-key: "[redacted]"'],
    ['cookie: sid=abcdef; other=1', 'cookie: [redacted]'],
    ['{"refresh_token":"opaque","a":1}', '{"refresh_token":"[redacted]","a":1}'],
    ['MY_API_KEY=opaque PASSWORD=hunter', 'MY_API_KEY=[redacted] PASSWORD=[redacted]'],
    ['GET /v1/models?key=abcd1234efgh HTTP', 'GET /v1/models?key=[redacted] HTTP'],
    ['redis://user:12/ss@h:6379', 'redis://[redacted]@h:6379'],
    ['http://user:p@ss/w0rd@host/x', 'http://[redacted]@host/x'],
    ['redis://:%2Fsecret@h and redis://user:$ecretive@h', 'redis://[redacted]@h and redis://[redacted]@h'],
    [
      'postgres://user:[brackets@h and mysql://user:{brace@h',
      'postgres://[redacted]@h and mysql://[redacted]@h',
    ],
    ['password=$ecretive token="%2Fsecret"', 'password=[redacted] token="[redacted]"'],
    ['authorization: Bearer $ecretive', 'authorization: Bearer [redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----', '[redacted]'],
  ])('hides what %j names as a secret', (text, clean) => {
    expect(createRedact([])(text)).toBe(clean);
  });

  it.each([
    'set it to postgres://user:password@host:port/database',
    'postgres://<user>:<password>@host and redis://:password@host',
    'redis://user:%2F...@host, redis://user:...@host and redis://:$REDIS_PASSWORD@host',
    'postgres://[redacted]@host',
    'https://host:8080/users/@me and http://[::1]:5000/x@y',
    'send Authorization: Bearer <API_TOKEN>; curl -H "Authorization: Bearer $OPS_TOKEN"',
    'bearer tokens and Basic authentication are understood; cookie: none',
    'API_TOKEN is not set; AUTH_SECRET: missing; max_tokens=4096; token: invalid',
    '{"setting":"API_TOKEN","kind":"secret","token":null}',
    'a key such as sk-xxx; task-oriented risk-adjusted sk-...',
    'password authentication failed for user "postgres"',
  ])('leaves %j as it is', (text) => {
    const redact = redactFor({ DATABASE_URL: 'postgres://postgres:postgres@db/app', API_TOKEN: 'token' });
    expect(redact(text)).toBe(text);
    expect(redact(redact(text))).toBe(text);
  });

  it('hides a configured value in whichever case, but no part of a longer word for a short one', () => {
    const redact = redactFor({ OPS_TOKEN: 'Ab-Cd-Ef-Gh', API_TOKEN: 'prod' });
    expect(redact('ab-cd-ef-gh AB-CD-EF-GH prod production')).toBe(
      '[redacted] [redacted] [redacted] production',
    );
  });

  it.each([
    'a',
    'redis://',
    '://a:b',
    'eyJ',
    'sk-',
    'sg.a',
    'token=',
    '-----BEGIN PRIVATE KEY-----',
    'Bearer ',
    'cookie: a=',
    'authorization: ',
  ])('takes a time that grows with the length only: a megabyte of %j', (part) => {
    const redact = redactFor({ OPS_TOKEN: 'ops-token-1234', API_TOKEN: 'api-token-1234' });
    const took = (length: number) => {
      const text = part.repeat(Math.ceil(length / part.length));
      const startedAt = process.cpuUsage().user;
      redact(text);
      return (process.cpuUsage().user - startedAt) / 1000;
    };
    expect(took(1024 * 1024)).toBeLessThan(1500 * crowd());
  });
});
