import type { Redis } from 'ioredis';
import { attempted, pipelined } from './pipeline.js';
import { ServerClock } from './server-clock.js';

/** Where those who are there say so: a sorted set of their ids by server time, and a text under a key of each. */
export interface PresenceKeys {
  readonly index: string;
  of(id: string): string;
}

/** Whoever may write to Redis may write anything: so many ids, of so many characters, so long texts, and no more. */
export interface PresenceBounds {
  readonly ids: number;
  readonly idLength: number;
  readonly textLength: number;
  /** The list of ids is read so often, ms; their texts are read every time. */
  readonly idsEveryMs: number;
}

export interface Present {
  readonly id: string;
  /** When it was noted last, epoch ms by the clock of Redis; null for one that was asked for and is not listed. */
  readonly at: number | null;
  /** Empty when it has expired, null when it cannot be read; one that is too long is cut one beyond the bound. */
  readonly text: string | null;
}

export interface Presence {
  /** Epoch ms by the clock of Redis. */
  readonly now: number;
  readonly seen: readonly Present[];
  /** Ids that were not read, for there are too many or they are too long. */
  readonly beyond: number;
}

/** Reads who is there: those noted by `present` of @probity/worker, each text on its own, all within bounds. */
export class PresenceReader {
  private listed: ReadonlyMap<string, number> = new Map();
  private unlisted = 0;
  private readAt = -Infinity;
  private readonly clock: ServerClock;

  constructor(
    private readonly keys: PresenceKeys,
    private readonly bounds: PresenceBounds,
  ) {
    this.clock = new ServerClock(`${keys.index}:clock`);
  }

  /**
   * `mono` is a monotonic time in ms; `more` are ids that are read too, listed or not; `told` is what the clock of Redis
   * says, where somebody has asked. Rejects as Redis does.
   */
  async read(redis: Redis, mono: number, more: readonly string[] = [], told?: number): Promise<Presence> {
    if (mono - this.readAt >= this.bounds.idsEveryMs) await this.readIds(redis, mono);
    const all = [...new Set([...this.listed.keys(), ...more])];
    const ids = all.filter((id) => id.length <= this.bounds.idLength);
    const [now, texts] = await Promise.all([
      told ?? this.clock.now(redis),
      attempted(redis, (pipeline) => {
        for (const id of ids) pipeline.getrange(this.keys.of(id), 0, this.bounds.textLength);
      }),
    ]);
    const seen = ids.map((id, index) => ({
      id,
      at: this.listed.get(id) ?? null,
      text: (texts[index] ?? null) as string | null,
    }));
    return { now, seen, beyond: this.unlisted + all.length - ids.length };
  }

  private async readIds(redis: Redis, mono: number): Promise<void> {
    const { index } = this.keys;
    const [count, scored] = (await pipelined(redis, (pipeline) => {
      pipeline.zcard(index).zrevrange(index, 0, this.bounds.ids - 1, 'WITHSCORES');
    })) as [number, string[]];
    const listed = new Map<string, number>();
    for (let at = 0; at < scored.length; at += 2) listed.set(scored[at] ?? '', Number(scored[at + 1]));
    this.listed = listed;
    this.unlisted = Math.max(0, count - listed.size);
    this.readAt = mono;
  }
}
