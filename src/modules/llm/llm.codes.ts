import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** Reasons of the `llm` check. No restart of ours ever mends a provider. */
export const llmCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'self' },
  {
    'llm.ready': healthy(
      'A language model provider accepts the key.',
      'Every configured provider listed its models, or a real call to it succeeded.',
    ),
    'llm.some_unusable': warn(
      'One of several language model providers cannot be used.',
      'At least one provider works and at least one does not. Work goes on through the ones that do.',
    ),
    'llm.unverified': warn(
      'Whether the language model provider can be used is not known before a real call.',
      'The provider does not list its models to this key, and nothing else was asked: completions may well work. Real calls decide.',
    ),
    'llm.not_configured': fail(
      'No language model provider is configured.',
      'None of OPENAI_API_KEY, ANTHROPIC_API_KEY and LITELLM_BASE_URL with LITELLM_MASTER_KEY is set.',
    ),
    'llm.key_missing': fail(
      'A language model provider has no key.',
      'The base URL of a provider is set, its key is not.',
    ),
    'llm.base_url_invalid': fail(
      'The address of the language model provider is invalid.',
      'The base URL of a provider is no http or https URL, so the provider was not even asked.',
    ),
    'llm.placeholder_key': fail(
      'The key of the language model provider is a placeholder.',
      'The key is one of those that examples are written with, so the provider was not even asked.',
    ),
    'llm.key_rejected': fail(
      'The language model provider rejects the key.',
      'The provider answered 401 or 403: the key is revoked, mistyped or not allowed to do this.',
    ),
    'llm.quota_exhausted': fail(
      'The quota of the language model provider is spent.',
      'The provider says that quota, credit or budget is used up. Retrying does not help; paying does.',
    ),
    'llm.unreachable': fail(
      'The language model provider cannot be reached.',
      'Connections are refused, its name does not resolve, or TLS fails: at once when it never worked, else for 30 s.',
    ),
    'llm.connection_lost': warn(
      'The language model provider could not be reached just now.',
      'It worked before and cannot be connected to since less than 30 s. It becomes llm.unreachable if it lasts.',
    ),
    'llm.unexpected_answer': fail(
      'The language model provider gave an answer that could not be understood.',
      'Something answers at the base URL, but not the API of this provider. The base URL is most likely wrong.',
    ),
    'llm.rate_limited': warn(
      'The language model provider limits the rate of requests.',
      'The provider answered 429 and did not say that the quota is spent. Calls work again after a pause.',
    ),
    'llm.overloaded': warn(
      'The language model provider is overloaded or in trouble.',
      'The provider answered 529 or another 5xx. Its trouble, not ours: calls are retried.',
    ),
    'llm.slow': warn(
      'The language model provider does not answer in time.',
      'The provider accepted the connection and did not list its models within the deadline.',
    ),
  },
);

type LlmCodes = typeof llmCodes;
declare global {
  namespace Probity {
    interface Codes extends LlmCodes {}
  }
}
