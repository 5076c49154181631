export { LanguageModels, type CompleteOptions, type Completion } from './language-models.service.js';
export type { TokenUsage } from './dialect.js';
export { LlmCallsModule, LlmCheckModule } from './llm.module.js';
export { PROVIDERS, type ProviderName } from './provider.js';
export { ProviderError, type Trouble } from './provider-error.js';
