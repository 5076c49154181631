import { heartbeatKey, indexKey, LONGEST_ID, readable, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { PresenceReader, type Present } from '../../redis/index.js';
import { readHeartbeat, type Heartbeat } from '../heartbeat.js';
import type { Unread } from './reading.js';
import type { Round } from './round.js';

/** The list of workers changes seldom: every two seconds, less what a timer may be early. */
const IDS_EVERY_MS = 1900;
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
  private readonly presence: PresenceReader;
  /** Most heartbeats are as they were at the last look. */
  private known = new Map<string, { readonly text: string; readonly heartbeat: Heartbeat | null }>();

  constructor(scope: QueueScope) {
    this.presence = new PresenceReader(
      { index: indexKey(scope), of: (id) => heartbeatKey(scope, id) },
      { ids: MOST_IDS, idLength: LONGEST_ID, textLength: LONGEST_HEARTBEAT, idsEveryMs: IDS_EVERY_MS },
    );
  }

  /** `more` are ids of workers known from before. */
  async read(redis: Redis, more: readonly string[], round: Pick<Round, 'now' | 'mono'>): Promise<Heartbeats> {
    const { now, seen, beyond } = await this.presence.read(redis, round.mono, more, round.now);
    const { heartbeats, unreadable } = await this.parse(seen, now);
    return { now, heartbeats, unread: { ids: beyond, unreadable } };
  }

  private async parse(
    seen: readonly Present[],
    now: number,
  ): Promise<{ heartbeats: Heartbeat[]; unreadable: string[] }> {
    const known = new Map<string, { text: string; heartbeat: Heartbeat | null }>();
    const heartbeats: Heartbeat[] = [];
    const unreadable: string[] = [];
    let sum = 0;
    let parsed = 0;
    for (const { id, text } of seen) {
      // Its key has expired; the list forgets it later.
      if (text === '') continue;
      if (text === null || text.length > LONGEST_HEARTBEAT || (sum += text.length) > LONGEST_SUM) {
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
