import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { DelayStep } from '../definition/workflow.js';
import type { StepContext, StepRunner } from './step-runner.js';

const SLACK_MS = 5000;

/** Waits. After a change of worker it waits for what is left, not from the start. */
@Injectable()
export class DelayStepRunner implements StepRunner<'delay'> {
  readonly kind = 'delay';

  timeoutMs(step: DelayStep): number {
    return step.timeoutMs ?? step.ms + SLACK_MS;
  }

  async run(step: DelayStep, { elapsedMs, signal }: StepContext): Promise<unknown> {
    const left = Math.max(0, step.ms - elapsedMs);
    if (left > 0) await sleep(left, undefined, { signal });
    return { ms: step.ms };
  }
}
