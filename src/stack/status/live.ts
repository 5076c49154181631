import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../stack.js';
import type { StackState, StateFile } from '../stack-state.js';
import { changes, render } from './render.policy.js';
import type { Screen } from './screen.js';
import { look } from './watch.js';

const LOOK_EVERY_MS = 500;
/** After an event the next look comes this soon. */
const LOOK_SOON_MS = 50;
const MARKED_FOR_MS = 5000;

/** Shows and writes down how the stack is, until it is asked to stop. */
export class LiveStatus {
  private before: StackState | undefined;
  private readonly marks = new Map<string, number>();
  private soon = new AbortController();

  constructor(
    private readonly stack: Stack,
    private readonly screen: Screen,
    private readonly startedAt: Date,
    private readonly file: StateFile,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.update('up');
      await pause(LOOK_SOON_MS);
      const wake = AbortSignal.any([signal, this.soon.signal]);
      await pause(LOOK_EVERY_MS, undefined, { signal: wake }).catch(() => undefined);
      this.soon = new AbortController();
    }
    this.screen.show([]);
  }

  /** Something has happened: the next look comes at once. */
  poke(): void {
    this.soon.abort();
  }

  /** One look. The first one shows everything, later ones what has changed. */
  async update(phase: StackState['phase']): Promise<void> {
    const state = await look(this.stack, phase, this.startedAt);
    const changed = this.before === undefined ? [] : changes(this.before, state);
    this.tell(state, changed);
    this.before = state;
    this.file.write(state);
  }

  private tell(state: StackState, changed: readonly { key: string; text: string }[]): void {
    const { screen, marks } = this;
    if (screen.isTerminal) {
      const now = performance.now();
      for (const { key } of changed) marks.set(key, now);
      const marked = [...marks].filter(([, at]) => now - at < MARKED_FOR_MS).map(([key]) => key);
      const { columns, rows, paint } = screen;
      screen.show(['', ...render(state, { columns, rows: rows - 1, paint, changed: new Set(marked) })]);
    } else if (this.before === undefined) {
      const { columns, rows, paint } = screen;
      screen.say(render(state, { columns, rows, paint, changed: new Set() }).join('\n'));
    } else {
      for (const { text } of changed) screen.say(`${clock()} ${text}`);
    }
  }
}

/** The time of day, for a line of a log. */
export function clock(): string {
  return new Date().toISOString().slice(11, 19);
}
