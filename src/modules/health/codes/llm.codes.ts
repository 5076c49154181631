import { healthy, type CodeDefinition } from './code.js';

/** Reasons of the `llm` check. No restart of ours ever mends a provider. */
export const llmCodes = {
  'llm.ready': healthy(
    'A language model provider accepts the key.',
    'Every configured provider listed its models, or a real call to it succeeded.',
  ),
  'llm.some_unusable': {
    status: 'warn',
    message: 'One of several language model providers cannot be used.',
    means: 'At least one provider works and at least one does not. Work goes on through the ones that do.',
    restart: 'useless',
    target: 'self',
  },
  'llm.unverified': {
    status: 'warn',
    message: 'Whether the language model provider can be used is not known before a real call.',
    means:
      'The provider does not list its models to this key, and nothing else was asked: completions may well work. Real calls decide.',
    restart: 'useless',
    target: 'self',
  },
  'llm.not_configured': {
    status: 'fail',
    message: 'No language model provider is configured.',
    means: 'None of OPENAI_API_KEY, ANTHROPIC_API_KEY and LITELLM_BASE_URL with LITELLM_MASTER_KEY is set.',
    restart: 'useless',
    target: 'self',
  },
  'llm.key_missing': {
    status: 'fail',
    message: 'A language model provider has no key.',
    means: 'The base URL of a provider is set, its key is not.',
    restart: 'useless',
    target: 'self',
  },
  'llm.base_url_invalid': {
    status: 'fail',
    message: 'The address of the language model provider is invalid.',
    means: 'The base URL of a provider is no http or https URL, so the provider was not even asked.',
    restart: 'useless',
    target: 'self',
  },
  'llm.placeholder_key': {
    status: 'fail',
    message: 'The key of the language model provider is a placeholder.',
    means: 'The key is one of those that examples are written with, so the provider was not even asked.',
    restart: 'useless',
    target: 'self',
  },
  'llm.key_rejected': {
    status: 'fail',
    message: 'The language model provider rejects the key.',
    means: 'The provider answered 401 or 403: the key is revoked, mistyped or not allowed to do this.',
    restart: 'useless',
    target: 'self',
  },
  'llm.quota_exhausted': {
    status: 'fail',
    message: 'The quota of the language model provider is spent.',
    means: 'The provider says that quota, credit or budget is used up. Retrying does not help; paying does.',
    restart: 'useless',
    target: 'self',
  },
  'llm.unreachable': {
    status: 'fail',
    message: 'The language model provider cannot be reached.',
    means:
      'Connections are refused, its name does not resolve, or TLS fails: at once when it never worked, else for 30 s.',
    restart: 'useless',
    target: 'self',
  },
  'llm.connection_lost': {
    status: 'warn',
    message: 'The language model provider could not be reached just now.',
    means:
      'It worked before and cannot be connected to since less than 30 s. It becomes llm.unreachable if it lasts.',
    restart: 'useless',
    target: 'self',
  },
  'llm.unexpected_answer': {
    status: 'fail',
    message: 'The language model provider gave an answer that could not be understood.',
    means:
      'Something answers at the base URL, but not the API of this provider. The base URL is most likely wrong.',
    restart: 'useless',
    target: 'self',
  },
  'llm.rate_limited': {
    status: 'warn',
    message: 'The language model provider limits the rate of requests.',
    means:
      'The provider answered 429 and did not say that the quota is spent. Calls work again after a pause.',
    restart: 'useless',
    target: 'self',
  },
  'llm.overloaded': {
    status: 'warn',
    message: 'The language model provider is overloaded or in trouble.',
    means: 'The provider answered 529 or another 5xx. Its trouble, not ours: calls are retried.',
    restart: 'useless',
    target: 'self',
  },
  'llm.slow': {
    status: 'warn',
    message: 'The language model provider does not answer in time.',
    means: 'The provider accepted the connection and did not list its models within the deadline.',
    restart: 'useless',
    target: 'self',
  },
} as const satisfies Record<string, CodeDefinition>;
