import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { DIALECTS, type TokenUsage } from './dialect.js';
import { LLM_CALLS } from './llm.metrics.js';
import { PROVIDERS, type Provider, type ProviderName } from './provider.js';
import { ProviderClient } from './provider-client.js';
import { ProviderError } from './provider-error.js';
import { ProviderMemory } from './provider-memory.js';
import { outcomeOf } from './provider.state.js';

export interface CompleteOptions {
  readonly prompt: string;
  /** The provider's own name of the model; absent, a default of the provider. */
  readonly model?: string | undefined;
  /** Absent, the first configured provider of which nothing bad is known. */
  readonly provider?: ProviderName | undefined;
  readonly maxTokens?: number | undefined;
  readonly signal: AbortSignal;
}

export interface Completion {
  readonly text: string;
  readonly model: string;
  readonly provider: ProviderName;
  readonly usage: TokenUsage;
}

/** Completions through whichever provider is configured. What each call teaches, the `llm` check believes. */
@Injectable()
export class LanguageModels {
  constructor(
    private readonly memory: ProviderMemory,
    private readonly client: ProviderClient,
    @InjectMetric(LLM_CALLS) private readonly calls: Counter<'provider' | 'outcome'>,
  ) {}

  /** Rejects with `ProviderError`, or with the signal's reason when it aborts. Retries are the caller's. */
  async complete(options: CompleteOptions): Promise<Completion> {
    const { prompt, maxTokens, signal } = options;
    const provider = this.choose(options.provider);
    // Listing its models is no completion, and says nothing of it.
    const model = options.model ?? (await this.defaultModel(provider, signal));
    try {
      const reply = await this.client.complete(provider, { prompt, model, maxTokens }, signal);
      this.learn(provider, 'succeeded');
      return { text: reply.text, model: reply.model ?? model, provider: provider.name, usage: reply.usage };
    } catch (error) {
      if (error instanceof ProviderError) this.learn(provider, error);
      throw error;
    }
  }

  private learn(provider: Provider, ended: 'succeeded' | ProviderError): void {
    this.calls.inc({ provider: provider.name, outcome: ended === 'succeeded' ? ended : ended.code });
    const outcome = outcomeOf(ended);
    if (outcome !== null) this.memory.called(provider.name, outcome);
  }

  private choose(wanted: ProviderName | undefined): Provider {
    const { providers, misconfigured } = this.memory.configuration;
    if (wanted === undefined) {
      const codeOf = ({ name }: Provider) => this.memory.verdictOf(name)?.code ?? 'llm.ready';
      const chosen =
        providers.find((each) => codeOf(each) === 'llm.ready') ??
        providers.find((each) => codeOf(each) === 'llm.unverified') ??
        providers[0];
      if (chosen !== undefined) return chosen;
      throw notConfigured(null, 'no language model provider is configured');
    }
    const chosen = providers.find(({ name }) => name === wanted);
    if (chosen !== undefined) return chosen;
    const known = PROVIDERS.includes(wanted);
    const why = misconfigured.find(({ name }) => name === wanted)?.message ?? 'set its key';
    throw notConfigured(
      known ? wanted : null,
      known
        ? `the provider ${wanted} is not configured: ${why}`
        : `there is no provider of that name; use one of ${PROVIDERS.join(', ')}`,
    );
  }

  private async defaultModel(provider: Provider, signal: AbortSignal): Promise<string> {
    const { defaultModel } = DIALECTS[provider.name];
    const known = this.memory.modelsOf(provider.name);
    if (defaultModel !== null && (known.length === 0 || known.includes(defaultModel))) return defaultModel;
    const first = known[0] ?? (await this.client.listModels(provider, signal))[0];
    if (first !== undefined) return first;
    throw new ProviderError('llm.request_refused', `${provider.name} lists no model; name one in the step`, {
      provider: provider.name,
      retryable: false,
    });
  }
}

function notConfigured(provider: ProviderName | null, message: string): ProviderError {
  return new ProviderError('llm.not_configured', message, { provider, retryable: false });
}
