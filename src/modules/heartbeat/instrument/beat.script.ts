/**
 * Stores a heartbeat under server time and answers what the worker cannot know by itself: the time, and whether
 * jobs wait. Everything in one step, so a heartbeat is whole or absent.
 *
 * KEYS: heartbeat, index, sentinel, wait, prioritized, delayed, meta, active.
 * ARGV: worker id, JSON object, time to keep it (ms).
 * Answers: server ms, jobs that could run now, 1 when the queue is paused, its concurrency limit or nil, active.
 */
export const BEAT_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local sentinel = redis.call('GET', KEYS[3])
local head = '{"at":' .. string.format('%.0f', now) .. ',"sentinel":' .. (sentinel and cjson.encode(sentinel) or 'null') .. ','
redis.call('SET', KEYS[1], head .. string.sub(ARGV[2], 2), 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local waiting = redis.call('LLEN', KEYS[4]) + redis.call('ZCARD', KEYS[5])
if waiting == 0 then
  waiting = redis.call('ZCOUNT', KEYS[6], '-inf', now * 4096)
end
local meta = redis.call('HMGET', KEYS[7], 'paused', 'concurrency')
return { string.format('%.0f', now), waiting, meta[1] and 1 or 0, meta[2], redis.call('LLEN', KEYS[8]) }
`;
