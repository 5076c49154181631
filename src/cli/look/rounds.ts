import type { Redis } from 'ioredis';
import { RoundReader } from '../../modules/heartbeat/observe.js';
import { monotonic } from '../../modules/kernel/index.js';
import type { WatchedQueue } from './watched-queue.js';

/** Queues that are asked at once: each takes a round trip or five. */
const TOGETHER = 20;

/** Looks at queues of any prefixes; what is the same for all of a prefix is asked once. */
export class Rounds {
  private readonly readers = new Map<string, RoundReader>();

  constructor(private readonly redis: Redis) {}

  async look(queues: readonly WatchedQueue[], isLast: boolean): Promise<void> {
    for (const prefix of new Set(queues.map((each) => each.prefix))) {
      const reader = this.readers.get(prefix) ?? new RoundReader(prefix);
      this.readers.set(prefix, reader);
      const round = await reader.begin(this.redis, monotonic(), { silent: true });
      await together(
        queues.filter((each) => each.prefix === prefix),
        (each) => each.look(round, isLast),
      );
    }
  }
}

export async function together<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += TOGETHER)
    await Promise.all(all.slice(from, from + TOGETHER).map(work));
}
