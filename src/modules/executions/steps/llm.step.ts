import { Injectable } from '@nestjs/common';
import { LanguageModels, ProviderError } from '../../llm/index.js';
import type { LlmStep } from '../definition/workflow.js';
import { StepError } from './step-error.js';
import type { StepContext, StepRunner } from './step-runner.js';

/** Asks a language model. */
@Injectable()
export class LlmStepRunner implements StepRunner<'llm'> {
  readonly kind = 'llm';

  constructor(private readonly models: LanguageModels) {}

  timeoutMs(step: LlmStep): number {
    return step.timeoutMs ?? 120_000;
  }

  async run(step: LlmStep, { signal }: StepContext): Promise<unknown> {
    const { prompt, model, provider, maxTokens } = step;
    try {
      return await this.models.complete({ prompt, model, provider, maxTokens, signal });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { code, message, retryable, retryAfterMs } = error;
      throw new StepError(code, message, { retryable, retryAfterMs });
    }
  }
}
