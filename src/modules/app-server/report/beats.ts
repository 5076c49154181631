import { z } from 'zod';
import { SERVER_MS_LUA } from '../../redis/index.js';

/** What an app-server worker says of itself, as JSON in Redis. */
export const beat = z.object({
  host: z.string(),
  pid: z.number(),
  ready: z.boolean(),
  reason: z.string(),
  restartsTotal: z.number(),
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

/** KEYS: index; ARGV: ms after which a silent worker is forgotten. Answers id, age in ms and JSON of each, in a row. */
export const READ_SCRIPT = `${SERVER_MS_LUA}
local now = serverMs(KEYS[1] .. ':clock')
local seen = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local answer = {}
for i = 1, #seen, 2 do
  local age = now - tonumber(seen[i + 1])
  if age > tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], seen[i])
  else
    table.insert(answer, seen[i])
    table.insert(answer, tostring(age))
    table.insert(answer, redis.call('GET', KEYS[1] .. ':' .. seen[i]) or '')
  end
end
return answer`;

export interface ReportedWorker {
  readonly id: string;
  /** Since its last beat, ms. */
  readonly ageMs: number;
  /** Null when it has expired, or cannot be understood. */
  readonly beat: Beat | null;
}

/** Reads what `READ_SCRIPT` answered. */
export function readBeats(reply: unknown): readonly ReportedWorker[] {
  const fields = Array.isArray(reply) ? reply.map(String) : [];
  const workers: ReportedWorker[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [id = '', age, json = ''] = fields.slice(at, at + 3);
    workers.push({ id, ageMs: Number(age), beat: parseBeat(json) });
  }
  return workers;
}

function parseBeat(json: string): Beat | null {
  try {
    const parsed = beat.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
