export { LanguageModels, type CompleteOptions, type Completion } from './language-models.service.js';
export type { TokenUsage } from './dialect.js';
export { LlmCallsModule, LlmCheckModule, LlmModule } from './llm.module.js';
export type { LlmOptions } from './llm.options.js';
export { PROVIDERS, type ProviderName, type ProviderOptions } from './provider.js';
export { ProviderError, type Trouble } from './provider-error.js';
