import { Module } from '@nestjs/common';
import { LanguageModels } from './language-models.service.js';
import { LlmCheck } from './llm.check.js';
import { llmMetrics } from './llm.metrics.js';
import { ProviderClient } from './provider-client.js';
import { ProviderMemory } from './provider-memory.js';

/** Language model providers: completions through any of them. */
@Module({
  providers: [ProviderMemory, ProviderClient, LanguageModels, ...llmMetrics],
  exports: [LanguageModels, ProviderMemory, ProviderClient],
})
export class LlmModule {}

/** Puts the `llm` check of this process on its board. */
@Module({ imports: [LlmModule], providers: [LlmCheck] })
export class LlmCheckModule {}
