import { messageOf } from '../../kernel/index.js';
import { nextDue } from './schedule.policy.js';
import {
  initialThreshold,
  observe,
  type ProbeOutcome,
  type Thresholds,
  type ThresholdState,
} from './threshold.state.js';

export interface ProbeContext {
  readonly incarnation: number;
  readonly pid: number | null;
  /** Aborted at the deadline, and when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

export interface SupervisorProbe {
  /** Answers, and does nothing else. A throw means that it could not tell. */
  readonly run: (context: ProbeContext) => Promise<ProbeOutcome>;
  /** From the start of one run to that of the next, in ms. Runs never overlap: what falls into one is left out. */
  readonly periodMs: number;
  /** Deadline of one run, in ms; passing it is a failure. */
  readonly timeoutMs: number;
  /** From the start of the life to the first run, in ms; none unless said. */
  readonly initialDelayMs?: number;
  /** Equal outcomes in a row that turn the verdict; 3 failures and 1 success unless said. */
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
}

/** What a loop starts from. */
export interface ProbeStart {
  readonly verdict: ThresholdState['verdict'];
  /** Ms until the first run. */
  readonly firstInMs: number;
}

/** A deadline that fires this late is the supervisor's own overload, and says nothing of what it probes. */
const OVERLOAD_LAG_MS = 200;

export interface ProbeListener {
  /** One run ended, and was not skipped; the verdict may be as it was. */
  outcome(outcome: ProbeOutcome): void;
  /** The verdict changed. */
  verdict(verdict: 'pass' | 'fail', message: string): void;
  /** As many runs in a row as make a failure could not tell; told once. */
  cannotTell(message: string): void;
}

/** Probes one life until it is stopped. */
export class ProbeLoop {
  private readonly thresholds: Thresholds;
  private threshold: ThresholdState;
  private dueAt: number;
  private timer: NodeJS.Timeout | undefined;
  private current: AbortController | null = null;
  private stopped = false;

  constructor(
    private readonly probe: SupervisorProbe,
    private readonly life: Omit<ProbeContext, 'signal'>,
    { verdict, firstInMs }: ProbeStart,
    private readonly listener: ProbeListener,
  ) {
    this.thresholds = { success: probe.successThreshold ?? 1, failure: probe.failureThreshold ?? 3 };
    this.threshold = initialThreshold(verdict);
    this.dueAt = performance.now() + firstInMs;
    if (firstInMs > 0) this.wait();
    else void this.once();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.current?.abort();
  }

  private wait(): void {
    this.timer = setTimeout(() => void this.once(), this.dueAt - performance.now());
  }

  private async once(): Promise<void> {
    const seen = await this.attempt();
    if (this.stopped) return;
    this.dueAt = nextDue(this.dueAt, this.probe.periodMs, performance.now());
    this.wait();
    if (seen.outcome !== 'skipped') this.count(seen);
  }

  private count(seen: ProbeOutcome): void {
    const before = this.threshold.verdict;
    this.threshold = observe(this.threshold, seen.outcome, this.thresholds);
    const { verdict, errors } = this.threshold;
    this.listener.outcome(seen);
    if (verdict !== before && verdict !== 'unknown') this.listener.verdict(verdict, seen.message);
    if (errors === this.thresholds.failure) this.listener.cannotTell(seen.message);
  }

  private async attempt(): Promise<ProbeOutcome> {
    const { timeoutMs, run } = this.probe;
    const controller = new AbortController();
    this.current = controller;
    const { signal } = controller;
    const dueAt = performance.now() + timeoutMs;
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    const aborted = new Promise<ProbeOutcome>((resolve) => {
      signal.addEventListener('abort', () => resolve(deadlineOutcome(performance.now() - dueAt, timeoutMs)), {
        once: true,
      });
    });
    try {
      return await Promise.race([run({ ...this.life, signal }), aborted]);
    } catch (error) {
      return { outcome: 'error', message: messageOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

function deadlineOutcome(lateMs: number, timeoutMs: number): ProbeOutcome {
  return lateMs > OVERLOAD_LAG_MS
    ? { outcome: 'skipped', message: `the supervisor itself was ${Math.round(lateMs)} ms late` }
    : { outcome: 'fail', message: `no answer within ${timeoutMs} ms` };
}
