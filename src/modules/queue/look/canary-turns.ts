import type { RedisFailure } from '../../redis/index.js';

export interface Turn {
  /** Null when no queue is named: then nothing is written. */
  readonly primary: string | null;
  readonly others: readonly string[];
  readonly rest: readonly string[];
}

/**
 * Into which queues a look writes: always into the first, and into some of the others in turn, so that a hundred queues
 * cost Redis no more than five. One that was refused is tried every time, and stays refused until it is not.
 */
export class CanaryTurns {
  private readonly primary: string | null;
  private readonly others: readonly string[];
  private readonly refusals = new Map<string, RedisFailure>();
  private at = 0;

  constructor(
    names: readonly string[],
    private readonly atOnce: number,
  ) {
    const [primary = null, ...others] = names;
    this.primary = primary;
    this.others = others;
  }

  next(): Turn {
    const { primary, others, atOnce } = this;
    const again = others.filter((queue) => this.refusals.has(queue)).slice(0, Math.ceil(atOnce / 2));
    const inTurn = others.map((_, index) => others[(this.at + index) % others.length] ?? '');
    const chosen = [...new Set([...again, ...inTurn])].slice(0, atOnce);
    this.at = (this.at + chosen.length - again.length) % Math.max(1, others.length);
    return { primary, others: chosen, rest: others.filter((queue) => !chosen.includes(queue)) };
  }

  taken(queue: string): void {
    this.refusals.delete(queue);
  }

  /** A connection that broke says nothing of a queue. */
  refused(queue: string, failure: RedisFailure): void {
    if (!failure.disconnected) this.refusals.set(queue, failure);
  }

  /** Of the first that is refused, in the order in which they are named; null when none is. */
  refusal(): RedisFailure | null {
    for (const queue of this.others) {
      const failure = this.refusals.get(queue);
      if (failure !== undefined) return ofQueue(queue, failure);
    }
    return null;
  }
}

/** What one of several queues was refused, with its name. */
export function ofQueue(queue: string, failure: RedisFailure): RedisFailure {
  return { ...failure, text: `${failure.text} (queue ${queue})` };
}
