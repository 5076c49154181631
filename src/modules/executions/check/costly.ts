import { monotonic } from '../../kernel/index.js';

/** Of what takes no longer nobody notices that it is asked. */
const QUICK_MS = 50;
/** Of the time, the share in which the question is under way. */
const SHARE = 1 / 50;
/** The share while something that is cheap to know speaks against the last answer. */
const SHARE_IN_DOUBT = 1 / 10;
const OLDEST_MS = 60_000;

/**
 * An answer whose cost grows with the tables, such as a count. It is exact, and asked for again once that takes no
 * more than a fiftieth of the time since, or a minute has passed; a tenth of the time, once the answer is doubted.
 */
export class Costly<T> {
  private last: { readonly value: T; readonly at: number; readonly tookMs: number } | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly clock: () => number = monotonic,
  ) {}

  /** `holds` says of an answer that was given earlier whether it can still be so. Rejects as the question does. */
  async read(
    holds: (value: T) => boolean = () => true,
  ): Promise<{ readonly value: T; readonly ageMs: number }> {
    const { last } = this;
    const now = this.clock();
    if (last !== undefined && last.tookMs > QUICK_MS) {
      const ageMs = now - last.at;
      const share = holds(last.value) ? SHARE : SHARE_IN_DOUBT;
      if (ageMs < Math.min(last.tookMs / share, OLDEST_MS)) return { value: last.value, ageMs };
    }
    const value = await this.ask();
    const at = this.clock();
    this.last = { value, at, tookMs: at - now };
    return { value, ageMs: 0 };
  }
}
