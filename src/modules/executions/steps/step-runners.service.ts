import { Injectable } from '@nestjs/common';
import type { Step } from '../definition/workflow.js';
import { DelayStepRunner } from './delay.step.js';
import { HttpStepRunner } from './http.step.js';
import { LlmStepRunner } from './llm.step.js';
import type { StepContext } from './step-runner.js';
import { TransformStepRunner } from './transform.step.js';

/** Every kind of step there is. */
@Injectable()
export class StepRunners {
  constructor(
    private readonly delay: DelayStepRunner,
    private readonly http: HttpStepRunner,
    private readonly transform: TransformStepRunner,
    private readonly llm: LlmStepRunner,
  ) {}

  /** Limit of one try, ms. */
  timeoutMs(step: Step): number {
    switch (step.kind) {
      case 'delay':
        return this.delay.timeoutMs(step);
      case 'http':
        return this.http.timeoutMs(step);
      case 'transform':
        return this.transform.timeoutMs();
      case 'llm':
        return this.llm.timeoutMs(step);
    }
  }

  async run(step: Step, context: StepContext): Promise<unknown> {
    switch (step.kind) {
      case 'delay':
        return await this.delay.run(step, context);
      case 'http':
        return await this.http.run(step, context);
      case 'transform':
        return await this.transform.run(step, context);
      case 'llm':
        return await this.llm.run(step, context);
    }
  }
}
