import { PRESENCE_LUA } from './presence.script.js';

/**
 * Stores a heartbeat under server time and answers what the worker cannot know by itself: the time, whether jobs
 * wait that it could take, and which limits hold them back. Everything in one step, so a heartbeat is whole or absent.
 *
 * A delayed job waits for this worker when it is due by both clocks: BullMQ promotes by that of the worker.
 *
 * KEYS: heartbeat, index, sentinel, wait, prioritized, delayed, meta, active, limiter.
 * ARGV: worker id, JSON object, time to keep it (ms), now by the worker's clock (ms).
 * Answers: server ms, jobs that could run now, 1 when the queue is paused, its concurrency limit or nil, active, its
 * rate limit or nil, jobs taken in the window of the rate limit, ms that are left of it.
 */
export const BEAT_SCRIPT = `${PRESENCE_LUA}
local now = present(KEYS[2], ARGV[1], ARGV[3])
local sentinel = redis.call('GET', KEYS[3])
local head = '{"at":' .. string.format('%.0f', now) .. ',"sentinel":' .. (sentinel and cjson.encode(sentinel) or 'null') .. ','
redis.call('SET', KEYS[1], head .. string.sub(ARGV[2], 2), 'PX', ARGV[3])
local waiting = redis.call('LLEN', KEYS[4]) + redis.call('ZCARD', KEYS[5])
if waiting == 0 then
  waiting = redis.call('ZCOUNT', KEYS[6], '-inf', math.min(now, tonumber(ARGV[4])) * 4096)
end
local meta = redis.call('HMGET', KEYS[7], 'paused', 'concurrency', 'max')
return { string.format('%.0f', now), waiting, meta[1] and 1 or 0, meta[2], redis.call('LLEN', KEYS[8]),
  meta[3], tonumber(redis.call('GET', KEYS[9]) or 0), redis.call('PTTL', KEYS[9]) }
`;
