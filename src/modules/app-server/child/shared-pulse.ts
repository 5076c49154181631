import type { ProbeOutcome } from '../../supervision/index.js';
import type { Pulse } from '../protocol/codex-session.js';
import { outcomeOf } from './pulse.policy.js';

export interface SharedPulseOptions {
  readonly ask: () => Promise<Pulse>;
  /** How often each of its probes wants it, in ms. */
  readonly periodMs: number;
  /** Failures that make the child wedged. */
  readonly threshold: number;
}

/**
 * The pulse of one life. Liveness and readiness want it at the same time: they are given the same one, for the child is
 * asked once a period.
 */
export class SharedPulse {
  private last: { readonly at: number; readonly outcome: Promise<ProbeOutcome> } | null = null;
  private underWay = false;
  private unanswered = 0;

  constructor(private readonly options: SharedPulseOptions) {}

  outcome(): Promise<ProbeOutcome> {
    const now = performance.now();
    const { last } = this;
    if (last !== null && (this.underWay || now - last.at < this.options.periodMs / 2)) return last.outcome;
    const outcome = this.take();
    this.last = { at: now, outcome };
    return outcome;
  }

  private async take(): Promise<ProbeOutcome> {
    this.underWay = true;
    try {
      const pulse = await this.options.ask();
      this.unanswered = pulse.kind === 'unanswered' ? this.unanswered + 1 : 0;
      return outcomeOf(pulse, this.unanswered, this.options.threshold);
    } finally {
      this.underWay = false;
    }
  }
}
