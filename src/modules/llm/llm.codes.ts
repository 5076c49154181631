import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../health/codes/index.js';

/** Reasons of the `llm` check. No restart of ours ever mends a provider. */
export const llmCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'llm.ready': healthy(
      'A language model provider accepts the key.',
      'Every configured provider listed its models, or a real call to it succeeded.',
    ),
    'llm.some_unusable': warn({
      message: 'One of several language model providers cannot be used.',
      means: 'At least one provider works and at least one does not. Work goes on through the ones that do.',
      firstCommand: askApi('/readyz/llm?verbose', '.details.providers'),
      fix: 'Follow the code of the provider that cannot be used, or remove its settings.',
    }),
    'llm.unverified': warn({
      message: 'Whether the language model provider can be used is not known before a real call.',
      means:
        'The provider does not list its models to this key, and nothing else was asked: completions may well work. Real calls decide.',
      kind: 'setup',
      firstCommand: askApi('/readyz/llm?verbose', '.details.providers'),
      fix: 'Try an `llm` step, and correct base URL and key when it fails.',
    }),
    'llm.not_configured': fail({
      message: 'No language model provider is configured.',
      means: 'None of OPENAI_API_KEY, ANTHROPIC_API_KEY and LITELLM_BASE_URL with LITELLM_MASTER_KEY is set.',
      kind: 'setup',
      firstCommand: askApi('/readyz/llm?verbose'),
      fix: 'Set OPENAI_API_KEY, ANTHROPIC_API_KEY, or LITELLM_BASE_URL with LITELLM_MASTER_KEY, and restart.',
    }),
    'llm.key_missing': fail({
      message: 'A language model provider has no key.',
      means: 'The base URL of a provider is set, its key is not.',
      kind: 'setup',
      firstCommand: askApi('/readyz/llm?verbose', '.message'),
      fix: 'Set the key that the message names or unset the base URL, and restart.',
    }),
    'llm.base_url_invalid': fail({
      message: 'The address of the language model provider is invalid.',
      means: 'The base URL of a provider is no http or https URL, so the provider was not even asked.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Correct the base URL that the message names, and restart.',
    }),
    'llm.placeholder_key': fail({
      message: 'The key of the language model provider is a placeholder.',
      means: 'The key is one of those that examples are written with, so the provider was not even asked.',
      kind: 'setup',
      firstCommand: askApi('/readyz/llm?verbose', '.message'),
      fix: 'Put the real key into the setting that the message names, and restart.',
    }),
    'llm.key_rejected': fail({
      message: 'The language model provider rejects the key.',
      means: 'The provider answered 401 or 403: the key is revoked, mistyped or not allowed to do this.',
      firstCommand:
        'curl -s -o /dev/null -w \'%{http_code}\\n\' -H "Authorization: Bearer $OPENAI_API_KEY" "${OPENAI_BASE_URL:-https://api.openai.com/v1}/models"',
      fix: 'Issue a new key at the provider, set it, and restart.',
    }),
    'llm.quota_exhausted': fail({
      message: 'The quota of the language model provider is spent.',
      means:
        'The provider says that quota, credit or budget is used up. Retrying does not help; paying does.',
      firstCommand: askApi('/readyz/llm?verbose', '.details.providers'),
      fix: 'Add credit or raise the limit at the provider.',
    }),
    'llm.unreachable': fail({
      message: 'The language model provider cannot be reached.',
      means:
        'Connections are refused, its name does not resolve, or TLS fails: at once when it never worked, else for 30 s.',
      firstCommand:
        'curl -sv -o /dev/null "${OPENAI_BASE_URL:-https://api.openai.com/v1}/models" 2>&1 | tail -20',
      fix: 'Correct the base URL that the message names, or mend the network.',
    }),
    'llm.connection_lost': warn({
      message: 'The language model provider could not be reached just now.',
      means:
        'It worked before and cannot be connected to since less than 30 s. It becomes llm.unreachable if it lasts.',
      firstCommand: askApi('/readyz/llm?verbose'),
      fix: 'Wait for half a minute.',
    }),
    'llm.unexpected_answer': fail({
      message: 'The language model provider gave an answer that could not be understood.',
      means:
        'Something answers at the base URL, but not the API of this provider. The base URL is most likely wrong.',
      firstCommand: 'curl -s "${OPENAI_BASE_URL:-https://api.openai.com/v1}/models" | head -c 300',
      fix: 'Correct the base URL of the provider.',
    }),
    'llm.rate_limited': warn({
      message: 'The language model provider limits the rate of requests.',
      means:
        'The provider answered 429 and did not say that the quota is spent. Calls work again after a pause.',
      firstCommand: askApi('/readyz/llm?verbose'),
      fix: 'Lower WORKER_CONCURRENCY, or ask the provider for a higher limit.',
    }),
    'llm.overloaded': warn({
      message: 'The language model provider is overloaded or in trouble.',
      means: 'The provider answered 529 or another 5xx. Its trouble, not ours: calls are retried.',
      firstCommand: askApi('/readyz/llm?verbose'),
      fix: 'Look at the status page of the provider.',
    }),
    'llm.slow': warn({
      message: 'The language model provider does not answer in time.',
      means: 'The provider accepted the connection and did not list its models within the deadline.',
      firstCommand:
        'curl -s -o /dev/null -w \'%{time_starttransfer}\\n\' -m 10 "${OPENAI_BASE_URL:-https://api.openai.com/v1}/models"',
      fix: 'Look at the status page of the provider, and at proxies on the way.',
    }),
  },
);

type LlmCodes = typeof llmCodes;
declare global {
  namespace Probity {
    interface Codes extends LlmCodes {}
  }
}
