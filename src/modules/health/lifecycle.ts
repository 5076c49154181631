import { Logger } from '@nestjs/common';
import { withDeadline } from '../kernel/index.js';
import type { Board } from './board/board.service.js';
import { codeDefinition, type Code } from './codes/index.js';

/** Finishes what a module has under way; called once, with the ms that are left. */
export type DrainStep = (graceMs: number) => Promise<void>;

const KEY = 'process';

/**
 * The life of this process as readiness sees it: starting, running, draining. Draining turns readiness red
 * first, and only then does anything stop.
 */
export class Lifecycle {
  private readonly steps = new Map<string, DrainStep>();
  private readonly starts: (() => void)[] = [];
  private drained: Promise<void> | undefined;
  private readonly logger = new Logger('Lifecycle');

  /** `serving`: whether the probes can be asked already, or nobody will say when. */
  constructor(
    private readonly board: Board,
    private serving = true,
  ) {
    board.addPushed(KEY, 'readiness', answerOf('process.starting'));
  }

  get draining(): boolean {
    return this.drained !== undefined;
  }

  /** Begins to take work once the probes of this process can be asked: before, nobody could see how it is. */
  whenServing(start: () => void): void {
    if (this.serving) start();
    else this.starts.push(start);
  }

  /** The probes can be asked from now on. */
  nowServing(): void {
    this.serving = true;
    const starts = this.starts.splice(0);
    if (!this.draining) for (const start of starts) start();
  }

  /** Names what must finish before the process may end, such as the worker's active jobs. */
  onDrain(name: string, step: DrainStep): void {
    this.steps.set(name, step);
  }

  started(): void {
    if (!this.draining) this.board.push(KEY, answerOf('process.running'));
  }

  /** Turns readiness red at once, then lets every module finish within the grace. Never rejects. */
  async drain(graceMs: number): Promise<void> {
    if (this.drained === undefined) {
      this.board.push(KEY, answerOf('process.draining'));
      this.drained = this.runSteps(graceMs);
    }
    await this.drained;
  }

  private async runSteps(graceMs: number): Promise<void> {
    await Promise.all(
      [...this.steps].map(async ([name, step]) => {
        const outcome = await withDeadline(graceMs, () => step(graceMs));
        if (outcome.kind === 'timed-out') this.logger.warn(`${name} did not finish within ${graceMs} ms`);
        if (outcome.kind === 'threw') this.logger.error(`${name} failed to drain: ${String(outcome.error)}`);
      }),
    );
  }
}

function answerOf(code: Code) {
  return { code, message: codeDefinition(code).message, details: {} };
}
