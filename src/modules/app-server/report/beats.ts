import { LONGEST_ID, PRESENCE_LUA, readable } from '@probity/worker/wire';
import { z } from 'zod';
import type { Presence } from '../../redis/index.js';

const text = (longest: number) => z.string().transform((value) => readable(value, longest));

/** What an app-server worker says of itself, as JSON in Redis. */
export const beat = z.object({
  host: text(255),
  pid: z.number().int().nonnegative(),
  ready: z.boolean(),
  reason: text(100),
  restartsTotal: z.number().int().nonnegative(),
});
export type Beat = z.infer<typeof beat>;

/** Without a beat for so long a worker no longer counts as reporting, ms. */
export const BEAT_EXPIRES_MS = 7_000;
export const BEAT_INTERVAL_MS = 2_000;
/** A worker that went without goodbye is spoken of for so long, ms. */
export const FORGOTTEN_AFTER_MS = 600_000;

type Scope = { readonly prefix: string };

/** When each worker was last heard, by Redis's own clock. */
export const indexKey = ({ prefix }: Scope) => `${prefix}:probity:app-server`;
export const beatKey = (scope: Scope, id: string) => `${indexKey(scope)}:${id}`;

/** KEYS: index, beat; ARGV: id, JSON, ms until it expires, ms until the worker is forgotten. */
export const BEAT_SCRIPT = `${PRESENCE_LUA}
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
present(KEYS[1], ARGV[1], ARGV[4])`;

/** KEYS: index, beat; ARGV: id. */
export const GOODBYE_SCRIPT = `redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])`;

const MOST_WORKERS = 200;
const LONGEST_BEAT = 4096;
/** The clock of Redis may go back a little in a failover. */
const FUTURE_MS = 60_000;

/** How beats are read. */
export const presenceOf = (scope: Scope) =>
  [
    { index: indexKey(scope), of: (id: string) => beatKey(scope, id) },
    { ids: MOST_WORKERS, idLength: LONGEST_ID, textLength: LONGEST_BEAT, idsEveryMs: 0 },
  ] as const;

export interface ReportedWorker {
  readonly id: string;
  /** Since its last beat, ms. */
  readonly ageMs: number;
  /** Null when it has expired, or cannot be understood. */
  readonly beat: Beat | null;
}

export interface Reported {
  readonly workers: readonly ReportedWorker[];
  /** Workers that are listed and were not read, for there are too many. */
  readonly unread: number;
}

/** Reads the beats of those that were seen. One that beats in the future is none, one of long ago is forgotten. */
export function readBeats({ now, seen, beyond }: Presence): Reported {
  const workers = seen.flatMap(({ id, at, text }) => {
    const ageMs = at === null ? Infinity : now - at;
    if (ageMs > FORGOTTEN_AFTER_MS || ageMs < -FUTURE_MS) return [];
    return [{ id: readable(id, LONGEST_ID), ageMs: Math.max(0, ageMs), beat: parseBeat(text ?? '') }];
  });
  return { workers, unread: beyond };
}

function parseBeat(json: string): Beat | null {
  if (json.length > LONGEST_BEAT) return null;
  try {
    const parsed = beat.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
