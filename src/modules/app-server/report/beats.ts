import { LONGEST_ID, readable, SERVER_MS_LUA } from '@probity/worker/wire';
import { z } from 'zod';

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

type Scope = { readonly QUEUE_PREFIX: string };

/** When each worker was last heard, by Redis's own clock. */
export const indexKey = ({ QUEUE_PREFIX }: Scope) => `${QUEUE_PREFIX}:probity:app-server`;
export const beatKey = (scope: Scope, id: string) => `${indexKey(scope)}:${id}`;

/** KEYS: index, beat; ARGV: id, JSON, ms until it expires. */
export const BEAT_SCRIPT = `${SERVER_MS_LUA}
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[1], serverMs(KEYS[1] .. ':clock'), ARGV[1])`;

/** KEYS: index, beat; ARGV: id. */
export const GOODBYE_SCRIPT = `redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])`;

/** Whoever may write to Redis may write anything: so many workers, of so many bytes each, and no more are read. */
export const MOST_WORKERS = 200;
export const LONGEST_BEAT = 4096;

/**
 * KEYS: index; ARGV: ms after which a silent worker is forgotten, how many workers, how many bytes of each.
 * Answers how many there are, then id, age in ms and JSON of each, in a row. One that beats in the future is none.
 */
export const READ_SCRIPT = `${SERVER_MS_LUA}
local now = serverMs(KEYS[1] .. ':clock')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + 60000, '+inf')
local answer = { tostring(redis.call('ZCARD', KEYS[1])) }
local seen = redis.call('ZREVRANGE', KEYS[1], 0, ARGV[2] - 1, 'WITHSCORES')
for i = 1, #seen, 2 do
  local beat = redis.pcall('GETRANGE', KEYS[1] .. ':' .. seen[i], 0, ARGV[3])
  table.insert(answer, seen[i])
  table.insert(answer, tostring(math.max(0, now - tonumber(seen[i + 1]))))
  table.insert(answer, type(beat) == 'string' and beat or '')
end
return answer`;

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

/** Reads what `READ_SCRIPT` answered. */
export function readBeats(reply: unknown): Reported {
  const [listed = '0', ...fields] = Array.isArray(reply) ? reply.map(String) : [];
  const workers: ReportedWorker[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [id = '', age, json = ''] = fields.slice(at, at + 3);
    workers.push({ id: readable(id, LONGEST_ID), ageMs: Number(age), beat: parseBeat(json) });
  }
  return { workers, unread: Math.max(0, Number(listed) - workers.length) };
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
