import { describe, expect, it } from '@jest/globals';
import '../../fixtures/all-codes.js';
import { codeDefinition } from '../../../src/modules/health/codes/index.js';
import { assessProviders } from '../../../src/modules/llm/llm.assess.js';
import type { ProviderName } from '../../../src/modules/llm/provider.js';
import type { Verdict } from '../../../src/modules/llm/provider.state.js';

const assess = (verdicts: Partial<Record<ProviderName, Verdict['code']>>, placeholder = false) =>
  assessProviders(
    Object.entries(verdicts).map(([name, code]) => ({
      name: name as ProviderName,
      verdict: { code, message: `${name} says ${code}` },
    })),
    placeholder ? [{ name: 'litellm', code: 'llm.placeholder_key', message: 'a placeholder' }] : [],
  );

describe('the providers together', () => {
  it('pass when every one of them works', () => {
    expect(assess({ openai: 'llm.ready' })).toEqual({
      code: 'llm.ready',
      message: 'Language model provider openai accepts the key',
    });
    expect(assess({ openai: 'llm.ready', anthropic: 'llm.ready' }).message).toBe(
      'Language model providers openai, anthropic accept their keys',
    );
  });

  it('warn when one works and another does not, and name both', () => {
    const { code, message } = assess({ openai: 'llm.ready', anthropic: 'llm.key_rejected' }, true);
    expect(code).toBe('llm.some_unusable');
    expect(message).toContain(
      'openai accepts the key, but: anthropic says llm.key_rejected; litellm: a placeholder',
    );
  });

  it('fail when none is configured', () => {
    expect(assess({}).code).toBe('llm.not_configured');
  });

  it('fail when a placeholder is all there is', () => {
    expect(assess({}, true).code).toBe('llm.placeholder_key');
  });

  it('are only warned about while one of them may yet be used', () => {
    const { code } = assess({ openai: 'llm.key_rejected', anthropic: 'llm.overloaded' });
    expect(code).toBe('llm.overloaded');
    expect(codeDefinition('llm.overloaded').status).toBe('warn');
  });

  it.each([
    ['llm.key_rejected', 'fail'],
    ['llm.quota_exhausted', 'fail'],
    ['llm.unreachable', 'fail'],
    ['llm.unexpected_answer', 'fail'],
    ['llm.rate_limited', 'warn'],
    ['llm.overloaded', 'warn'],
    ['llm.slow', 'warn'],
  ] as const)('%s of the only one is a %s', (trouble, status) => {
    const { code } = assess({ openai: trouble });
    expect(code).toBe(trouble);
    expect(codeDefinition(code).status).toBe(status);
  });
});

describe('what is said of them', () => {
  it('names the settings when none is configured', () => {
    expect(assess({}).message).toMatch(
      /set OPENAI_API_KEY, ANTHROPIC_API_KEY, or LITELLM_BASE_URL with LITELLM_MASTER_KEY$/,
    );
  });

  it('is every reason when none can be used', () => {
    expect(assess({ openai: 'llm.key_rejected' }, true)).toEqual({
      code: 'llm.key_rejected',
      message: 'No language model provider can be used: openai says llm.key_rejected; litellm: a placeholder',
    });
  });

  it('is that nobody knows before a real call, when one of them lists no models', () => {
    expect(assess({ openai: 'llm.unverified', anthropic: 'llm.unverified', litellm: 'llm.slow' })).toEqual({
      code: 'llm.unverified',
      message:
        'Whether openai, anthropic can be used is not known before a real call: openai says llm.unverified; anthropic says llm.unverified; litellm says llm.slow',
    });
    expect(assess({ openai: 'llm.unverified' }).code).toBe('llm.unverified');
    expect(assess({ openai: 'llm.ready', anthropic: 'llm.unverified' }).code).toBe('llm.some_unusable');
  });

  const mildestFirst = [
    'llm.rate_limited',
    'llm.overloaded',
    'llm.slow',
    'llm.connection_lost',
    'llm.unreachable',
    'llm.unexpected_answer',
    'llm.quota_exhausted',
    'llm.key_rejected',
  ] as const;
  it.each(mildestFirst.slice(1).map((graver, at) => [mildestFirst[at] ?? graver, graver] as const))(
    'is %s before %s: the mildest reason speaks',
    (milder, graver) => expect(assess({ openai: graver, anthropic: milder }).code).toBe(milder),
  );

  it.each([
    ['llm.key_missing', 'llm.placeholder_key', 'llm.placeholder_key'],
    ['llm.base_url_invalid', 'llm.key_missing', 'llm.key_missing'],
    ['llm.base_url_invalid', 'llm.base_url_invalid', 'llm.base_url_invalid'],
  ] as const)('of settings with %s and %s is %s', (one, other, expected) => {
    const wrong = [
      { name: 'openai', code: one, message: 'a' },
      { name: 'litellm', code: other, message: 'b' },
    ] as const;
    expect(assessProviders([], wrong).code).toBe(expected);
    const rejected = { name: 'anthropic', verdict: { code: 'llm.key_rejected', message: 'c' } } as const;
    expect(assessProviders([rejected], wrong).code).toBe('llm.key_rejected');
  });

  it('is an unexpected answer when the reason has no place of its own', () => {
    expect(assess({ openai: 'llm.request_refused' }).code).toBe('llm.unexpected_answer');
  });
});
