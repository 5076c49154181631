import { Injectable } from '@nestjs/common';
import type { TransformStep } from '../definition/workflow.js';
import { Sandbox } from '../sandbox/sandbox.service.js';
import { MAX_OUTPUT_CHARACTERS, outputTooLarge } from './output.js';
import { StepError } from './step-error.js';
import type { StepContext, StepRunner } from './step-runner.js';

const TIMEOUT_MS = 1000;
const MAX_TIMEOUT_MS = 10_000;
/** What a machine lacks for one more process is not there again within milliseconds. */
const UNAVAILABLE_MS = 2000;

/** Computes with a JSONata expression over `{ input, steps: { <id>: output } }`, in the sandbox. */
@Injectable()
export class TransformStepRunner implements StepRunner<'transform'> {
  readonly kind = 'transform';

  constructor(private readonly sandbox: Sandbox) {}

  /** Of the whole try; the expression's own time is limited by the sandbox. */
  timeoutMs(): number {
    return 60_000;
  }

  async run(step: TransformStep, { input, outputs, signal }: StepContext): Promise<unknown> {
    const timeoutMs = Math.min(step.timeoutMs ?? TIMEOUT_MS, MAX_TIMEOUT_MS);
    const reply = await this.sandbox.evaluate({
      expression: step.expression,
      data: JSON.stringify({ input, steps: Object.fromEntries(outputs) }),
      timeoutMs,
      maxOutput: MAX_OUTPUT_CHARACTERS,
      signal,
    });
    switch (reply.kind) {
      case 'done':
        return JSON.parse(reply.output) as unknown;
      case 'failed':
        throw new StepError('transform.failed', `the expression failed: ${reply.message}`);
      case 'unavailable':
        throw new StepError('transform.unavailable', `the expression was not tried: ${reply.message}`, {
          retryable: true,
          retryAfterMs: UNAVAILABLE_MS,
        });
      case 'too-deep':
        throw new StepError('transform.too_deep', `the expression recurses too deeply: ${reply.message}`);
      case 'too-slow':
        throw new StepError(
          'transform.timeout',
          `the expression did not end within ${timeoutMs} ms of processor time`,
        );
      case 'too-big':
        throw new StepError('transform.memory', 'the expression needs more memory than it may use');
      case 'too-large':
        throw outputTooLarge();
    }
  }
}
