import type { ProviderName } from './provider.js';

/** Why a provider did not do what it was asked. All but `llm.request_refused` are codes of the registry. */
export type Trouble =
  | 'llm.not_configured'
  | 'llm.key_rejected'
  | 'llm.quota_exhausted'
  | 'llm.rate_limited'
  | 'llm.overloaded'
  | 'llm.slow'
  | 'llm.unreachable'
  | 'llm.unexpected_answer'
  | 'llm.request_refused';

/** A request to a provider that failed. Its message holds nothing that the provider said but an error name. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly code: Trouble,
    message: string,
    readonly parts: {
      readonly provider: ProviderName | null;
      /** Whether the same request may succeed later. */
      readonly retryable: boolean;
      /** How long the provider asks to wait, null when it does not say. */
      readonly retryAfterMs?: number | null;
      /** HTTP status, null when there was no answer. */
      readonly status?: number | null;
      /** What the same answer says of completions when it is one to the question for the models. */
      readonly asListing?: Trouble | 'llm.unverified';
    },
  ) {
    super(message);
  }

  get provider(): ProviderName | null {
    return this.parts.provider;
  }

  get retryable(): boolean {
    return this.parts.retryable;
  }

  get retryAfterMs(): number | null {
    return this.parts.retryAfterMs ?? null;
  }

  get status(): number | null {
    return this.parts.status ?? null;
  }
}
