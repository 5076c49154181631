import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { messageOf, type Redact, REDACT } from '../../kernel/index.js';
import type { Step } from '../definition/workflow.js';
import { outputsTooLarge, serializeOutput } from '../steps/output.js';
import { StepError } from '../steps/step-error.js';
import { StepRunners } from '../steps/step-runners.service.js';
import type { Failure } from '../store/execution.js';
import { refusalOf } from '../store/refusal.js';
import { RunRepository, type Claim } from '../store/run.repository.js';
import { patiently } from '../store/patience.js';
import { afterFailure, DEFAULT_RETRY } from './retry.policy.js';

export type StepEnd =
  | { readonly kind: 'succeeded'; readonly output: unknown; readonly bytes: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

type Tried =
  | { readonly kind: 'succeeded'; readonly output: unknown; readonly text: string }
  | { readonly kind: 'failed'; readonly error: StepError };

/** Runs one step of an execution to its end: try, note, wait, try again. */
@Injectable()
export class StepExecutor {
  constructor(
    private readonly runs: RunRepository,
    private readonly runners: StepRunners,
    @Inject(REDACT) private readonly redact: Redact,
  ) {}

  /** Rejects with the signal's reason when it aborts, with `FencedError` when the execution was lost. */
  async run(
    claim: Claim,
    index: number,
    parts: {
      step: Step;
      outputs: ReadonlyMap<string, unknown>;
      leftBytes: number;
      signal: AbortSignal;
      /** Told how long a try may take, before it begins. */
      expects?: (ms: number) => void;
    },
  ): Promise<StepEnd> {
    const { step, outputs, leftBytes, signal, expects } = parts;
    for (;;) {
      signal.throwIfAborted();
      const begun = await patiently(signal, () => this.runs.beginStep(claim, index));
      expects?.(this.runners.timeoutMs(step));
      const context = { signal, input: claim.input, outputs, elapsedMs: begun.elapsedMs };
      const tried = within(leftBytes, await this.attempt(step, context));
      if (tried.kind === 'succeeded') {
        return await this.keep(claim, index, tried, signal);
      }
      const { code, message, again } = tried.error;
      const failure = { code, message: this.redact(message) };
      const failed = {
        failures: begun.failures + 1,
        retryable: again.retryable,
        retryAfterMs: again.retryAfterMs ?? null,
      };
      const decision = afterFailure(failed, step.retry ?? DEFAULT_RETRY, Math.random());
      const final = decision.kind === 'give-up';
      await patiently(signal, () => this.runs.stepFailed(claim, index, failure, final));
      if (final) return { kind: 'failed', failure };
      expects?.(decision.delayMs);
      await sleep(decision.delayMs, undefined, { signal });
    }
  }

  /** An output that can never be stored fails its step, for trying again would end no other way. */
  private async keep(
    claim: Claim,
    index: number,
    tried: Extract<Tried, { kind: 'succeeded' }>,
    signal: AbortSignal,
  ): Promise<StepEnd> {
    try {
      await patiently(signal, () => this.runs.stepSucceeded(claim, index, tried.text));
      return { kind: 'succeeded', output: tried.output, bytes: Buffer.byteLength(tried.text) };
    } catch (error) {
      const failure = refusalOf(error, 'step.unstorable', 'the output of the step');
      if (failure === null) throw error;
      await patiently(signal, () => this.runs.stepFailed(claim, index, failure, true));
      return { kind: 'failed', failure };
    }
  }

  private async attempt(
    step: Step,
    context: {
      signal: AbortSignal;
      input: unknown;
      outputs: ReadonlyMap<string, unknown>;
      elapsedMs: number;
    },
  ): Promise<Tried> {
    const timeoutMs = this.runners.timeoutMs(step);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const signal = AbortSignal.any([context.signal, timeout]);
      const output = await this.runners.run(step, { ...context, signal });
      return { kind: 'succeeded', output: output ?? null, text: serializeOutput(output) };
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof StepError) return { kind: 'failed', error };
      if (timeout.aborted) {
        const late = new StepError('step.timeout', `the step did not end within ${timeoutMs} ms`, {
          retryable: true,
        });
        return { kind: 'failed', error: late };
      }
      const text = messageOf(error);
      return { kind: 'failed', error: new StepError('step.error', `the step ended unexpectedly: ${text}`) };
    }
  }
}

function within(leftBytes: number, tried: Tried): Tried {
  if (tried.kind === 'failed' || Buffer.byteLength(tried.text) <= leftBytes) return tried;
  return { kind: 'failed', error: outputsTooLarge() };
}
