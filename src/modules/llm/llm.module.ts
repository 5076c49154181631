import { Module } from '@nestjs/common';
import { LanguageModels } from './language-models.service.js';
import { LlmCheck } from './llm.check.js';
import { llmMetrics } from './llm.metrics.js';
import { ProviderClient } from './provider-client.js';
import { ProviderMemory } from './provider-memory.js';
import { CallListener } from './reports/call-listener.service.js';
import { CallReporter } from './reports/call-reporter.service.js';

/** Language model providers: completions through any of them. */
@Module({
  providers: [ProviderMemory, ProviderClient, LanguageModels, ...llmMetrics],
  exports: [LanguageModels, ProviderMemory, ProviderClient],
})
export class LlmModule {}

/** Puts the `llm` check of this process on its board. Hears of the calls of workers. Needs the queue. */
@Module({ imports: [LlmModule], providers: [LlmCheck, CallListener] })
export class LlmCheckModule {}

/** The providers, for a process that calls them: it tells the others what its calls come to. Needs the queue. */
@Module({ imports: [LlmModule], providers: [CallReporter], exports: [LlmModule] })
export class LlmCallsModule {}
