import { monotonic } from '../../kernel/index.js';

/** Of what takes no longer nobody notices that it is asked. */
const QUICK_MS = 50;
/** Of the time, the share in which the question is under way. */
const SHARE = 1 / 50;
const OLDEST_MS = 60_000;

/**
 * An answer whose cost grows with the tables, such as a count. It is exact, and asked for again once that takes no
 * more than a fiftieth of the time since, or a minute has passed.
 */
export class Costly<T> {
  private last: { readonly value: T; readonly at: number; readonly tookMs: number } | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly clock: () => number = monotonic,
  ) {}

  /** Rejects as the question does. */
  async read(): Promise<{ readonly value: T; readonly ageMs: number }> {
    const { last } = this;
    const now = this.clock();
    if (last !== undefined && last.tookMs > QUICK_MS) {
      const ageMs = now - last.at;
      if (ageMs < Math.min(last.tookMs / SHARE, OLDEST_MS)) return { value: last.value, ageMs };
    }
    const value = await this.ask();
    const at = this.clock();
    this.last = { value, at, tookMs: at - now };
    return { value, ageMs: 0 };
  }
}
