import { describe, expect, it } from '@jest/globals';
import { codeDefinition } from '../../../src/modules/health/index.js';
import { assessProviders } from '../../../src/modules/llm/llm.assess.js';
import type { ProviderName } from '../../../src/modules/llm/provider.js';
import type { Trouble } from '../../../src/modules/llm/provider-error.js';

const assess = (verdicts: Partial<Record<ProviderName, 'llm.ready' | Trouble>>, placeholder = false) =>
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
