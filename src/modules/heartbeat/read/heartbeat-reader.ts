import { heartbeatKey, indexKey, LONGEST_ID, readable, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { SERVER_CLOCK_SCRIPT } from '../../redis/index.js';
import { readHeartbeat, type Heartbeat } from '../heartbeat.js';
import { attempted, pipelined } from './pipeline.js';
import type { Unread } from './reading.js';

/** The list of workers changes seldom; heartbeats of known ones are read every time. */
const INDEX_EVERY_MS = 2000;
/** Whoever may write to Redis may write anything: so many ids, of so many bytes each, and no more are read. */
const MOST_IDS = 500;
const LONGEST_HEARTBEAT = 65_536;
const LONGEST_SUM = 4_194_304;
/** No clock of a server goes back so far in a failover that we believed in a heartbeat from beyond. */
const FUTURE_MS = 10_000;
/** Between so many heartbeats the event loop gets its turn. */
const AT_ONCE = 25;

export interface Heartbeats {
  readonly now: number;
  readonly heartbeats: readonly Heartbeat[];
  readonly unread: Unread;
}

/** Reads the heartbeats of one queue: each on its own, and all of them within bounds. */
export class HeartbeatReader {
  private ids: readonly string[] = [];
  private listed = 0;
  private indexReadAt = -Infinity;
  private timeWithheld = false;
  /** Most heartbeats are as they were at the last look. */
  private known = new Map<string, { readonly text: string; readonly heartbeat: Heartbeat | null }>();

  constructor(private readonly scope: QueueScope) {}

  /** `more` are ids of workers known from before. */
  async read(redis: Redis, more: readonly string[], mono: number): Promise<Heartbeats> {
    if (mono - this.indexReadAt >= INDEX_EVERY_MS - 100) {
      const [listed, ids] = await pipelined(redis, (pipeline) => {
        const index = indexKey(this.scope);
        pipeline.zcard(index).zrevrange(index, 0, MOST_IDS - 1);
      });
      this.ids = ids as string[];
      this.listed = listed as number;
      this.indexReadAt = mono;
    }
    const all = [...new Set([...this.ids, ...more])];
    const ids = all.filter((id) => id.length <= LONGEST_ID);
    const [time, ...texts] = await attempted(redis, (pipeline) => {
      if (this.timeWithheld) pipeline.eval(SERVER_CLOCK_SCRIPT, 1, this.clockKey);
      else pipeline.time();
      for (const id of ids) pipeline.getrange(heartbeatKey(this.scope, id), 0, LONGEST_HEARTBEAT);
    });
    const now = time == null ? await this.withheldTime(redis) : serverMs(time);
    const { heartbeats, unreadable } = await this.understood(ids, texts as (string | null)[], now);
    const beyond = Math.max(0, this.listed - this.ids.length) + all.length - ids.length;
    return { now, heartbeats, unread: { ids: beyond, unreadable } };
  }

  /** An ACL may forbid TIME; BullMQ does not need it. Throws what an error of anything else was. */
  private async withheldTime(redis: Redis): Promise<number> {
    const now = Number(await redis.eval(SERVER_CLOCK_SCRIPT, 1, this.clockKey));
    this.timeWithheld = true;
    return now;
  }

  private get clockKey(): string {
    return `${indexKey(this.scope)}:clock`;
  }

  private async understood(
    ids: readonly string[],
    texts: readonly (string | null)[],
    now: number,
  ): Promise<{ heartbeats: Heartbeat[]; unreadable: string[] }> {
    const known = new Map<string, { text: string; heartbeat: Heartbeat | null }>();
    const heartbeats: Heartbeat[] = [];
    const unreadable: string[] = [];
    let sum = 0;
    let parsed = 0;
    for (const [index, id] of ids.entries()) {
      const text = texts[index];
      // Its key has expired; the list forgets it later.
      if (text === '') continue;
      if (typeof text !== 'string' || text.length > LONGEST_HEARTBEAT || (sum += text.length) > LONGEST_SUM) {
        unreadable.push(id);
        continue;
      }
      let each = this.known.get(id);
      if (each?.text !== text) {
        if (++parsed % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
        each = { text, heartbeat: ownHeartbeat(id, text) };
      }
      known.set(id, each);
      if (each.heartbeat === null || each.heartbeat.at > now + FUTURE_MS) unreadable.push(id);
      else heartbeats.push(each.heartbeat);
    }
    this.known = known;
    return { heartbeats, unreadable: unreadable.map((id) => readable(id, LONGEST_ID)) };
  }
}

/** A heartbeat speaks for the worker under whose key it lies. */
function ownHeartbeat(id: string, text: string): Heartbeat | null {
  const heartbeat = readHeartbeat(text);
  return heartbeat?.id === readable(id, LONGEST_ID) ? heartbeat : null;
}

/** TIME answers a pair, the script a string. */
function serverMs(time: unknown): number {
  if (!Array.isArray(time)) return Number(time);
  const [seconds, micros] = time as [string | number, string | number];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
