import type { Redis } from 'ioredis';
import { attempted, pipelined } from './pipeline.js';
import { SERVER_CLOCK_SCRIPT } from './server-clock.js';
import { withheldBy } from './withheld.js';

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
  /** Who tells the time: Redis; its scripts, where TIME is withheld; this machine, where those are too. */
  private clock: 'server' | 'script' | 'own' = 'server';

  constructor(
    private readonly keys: PresenceKeys,
    private readonly bounds: PresenceBounds,
  ) {}

  /** `mono` is a monotonic time in ms; `more` are ids that are read too, listed or not. Rejects as Redis does. */
  async read(redis: Redis, mono: number, more: readonly string[] = []): Promise<Presence> {
    if (mono - this.readAt >= this.bounds.idsEveryMs) await this.readIds(redis, mono);
    const all = [...new Set([...this.listed.keys(), ...more])];
    const ids = all.filter((id) => id.length <= this.bounds.idLength);
    const replies = await attempted(redis, (pipeline) => {
      if (this.clock === 'script') pipeline.eval(SERVER_CLOCK_SCRIPT, 1, this.clockKey);
      else if (this.clock === 'server') pipeline.time();
      for (const id of ids) pipeline.getrange(this.keys.of(id), 0, this.bounds.textLength);
    });
    const [time, texts] = this.clock === 'own' ? [Date.now(), replies] : [replies[0], replies.slice(1)];
    const now = time == null ? await this.withheldTime(redis) : serverMs(time);
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

  /** An ACL may forbid TIME; BullMQ does not need it. One that forbids scripts too is that of a mere onlooker. Throws what an error of anything else was. */
  private async withheldTime(redis: Redis): Promise<number> {
    const now = await redis.eval(SERVER_CLOCK_SCRIPT, 1, this.clockKey).catch(withheldBy<unknown>(null));
    this.clock = now === null ? 'own' : 'script';
    return now === null ? Date.now() : Number(now);
  }

  private get clockKey(): string {
    return `${this.keys.index}:clock`;
  }
}

/** TIME answers a pair, the script a string. */
function serverMs(time: unknown): number {
  if (!Array.isArray(time)) return Number(time);
  const [seconds, micros] = time as [string | number, string | number];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
