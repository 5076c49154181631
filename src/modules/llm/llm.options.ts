import type { ProviderOptions } from './provider.js';

/** Inject with `@Inject(LLM_OPTIONS) options: LlmOptions`. */
export const LLM_OPTIONS = Symbol('LLM_OPTIONS');

export interface LlmOptions {
  /** In the order in which they are preferred. */
  readonly providers: readonly ProviderOptions[];
}
