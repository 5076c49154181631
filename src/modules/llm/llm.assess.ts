import type { Code } from '../health/index.js';
import type { Misconfigured, ProviderName } from './provider.js';
import type { Verdict } from './provider.state.js';

export interface LlmAssessment {
  readonly code: Code;
  readonly message: string;
}

/** Gravest last: with no provider that works, the mildest reason speaks, for the others may yet be used. */
const ORDER = [
  'llm.rate_limited',
  'llm.overloaded',
  'llm.slow',
  'llm.connection_lost',
  'llm.unreachable',
  'llm.unexpected_answer',
  'llm.quota_exhausted',
  'llm.key_rejected',
  'llm.placeholder_key',
  'llm.key_missing',
  'llm.base_url_invalid',
] as const satisfies readonly Code[];

/** Can at least one provider be used? One that works makes a pass, or a warning when another does not. */
export function assessProviders(
  verdicts: readonly { readonly name: ProviderName; readonly verdict: Verdict }[],
  misconfigured: readonly Misconfigured[],
): LlmAssessment {
  const working = verdicts.filter(({ verdict }) => verdict.code === 'llm.ready').map(({ name }) => name);
  const troubled = [
    ...verdicts
      .filter(({ verdict }) => verdict.code !== 'llm.ready')
      .map(({ verdict }) => ({ code: verdict.code, message: verdict.message })),
    ...misconfigured.map(({ name, code, message }) => ({ code, message: `${name}: ${message}` })),
  ];
  const troubles = troubled.map(({ message }) => message).join('; ');
  if (working.length > 0) {
    const works =
      working.length === 1
        ? `Language model provider ${working.join()} accepts the key`
        : `Language model providers ${working.join(', ')} accept their keys`;
    if (troubled.length === 0) return { code: 'llm.ready', message: works };
    return { code: 'llm.some_unusable', message: `${works}, but: ${troubles}` };
  }
  const unverified = verdicts.filter(({ verdict }) => verdict.code === 'llm.unverified');
  if (unverified.length > 0) {
    const names = unverified.map(({ name }) => name).join(', ');
    return {
      code: 'llm.unverified',
      message: `Whether ${names} can be used is not known before a real call: ${troubles}`,
    };
  }
  if (troubled.length === 0) {
    return {
      code: 'llm.not_configured',
      message:
        'No language model provider is configured; set OPENAI_API_KEY, ANTHROPIC_API_KEY, or LITELLM_BASE_URL with LITELLM_MASTER_KEY',
    };
  }
  const code = ORDER.find((each) => troubled.some((trouble) => trouble.code === each));
  return {
    code: code ?? 'llm.unexpected_answer',
    message: `No language model provider can be used: ${troubles}`,
  };
}
