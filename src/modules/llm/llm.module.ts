import { Module, type DynamicModule } from '@nestjs/common';
import { LanguageModels } from './language-models.service.js';
import { LlmCheck } from './llm.check.js';
import { llmMetrics } from './llm.metrics.js';
import { LLM_OPTIONS, type LlmOptions } from './llm.options.js';
import { ProviderClient } from './provider-client.js';
import { ProviderMemory } from './provider-memory.js';
import { CallListener } from './reports/call-listener.service.js';
import { CallReporter } from './reports/call-reporter.service.js';

/**
 * Language model providers: completions through any of them. Global, for a process has one memory of them, whether it
 * calls them, checks them, or both.
 */
@Module({
  providers: [ProviderMemory, ProviderClient, LanguageModels, ...llmMetrics],
  exports: [LanguageModels, ProviderMemory, ProviderClient],
})
export class LlmModule {
  static forRoot(options: LlmOptions): DynamicModule {
    return { module: LlmModule, global: true, providers: [{ provide: LLM_OPTIONS, useValue: options }] };
  }
}

/** Puts the `llm` check of this process on its board. Hears of the calls of workers. Needs `LlmModule` and the queue. */
@Module({ providers: [LlmCheck, CallListener] })
export class LlmCheckModule {}

/** For a process that calls them: it tells the others what its calls come to. Needs `LlmModule` and the queue. */
@Module({ providers: [CallReporter] })
export class LlmCallsModule {}
