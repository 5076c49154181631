import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/index.js';
import { createRedact } from '../../../src/modules/kernel/index.js';

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
});
