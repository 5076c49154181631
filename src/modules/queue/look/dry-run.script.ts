/** Keys of the dry run itself, under `probity:rehearsal:`; gone when it ends, whatever becomes of it. */
export const DRY_RUN_KEYS = ['hash', 'list', 'other', 'zset', 'set', 'stream', 'string'] as const;

/** Keys of the queue, and what BullMQ makes of them. */
export const QUEUE_KEY_TYPES = {
  meta: 'hash',
  wait: 'list',
  paused: 'list',
  active: 'list',
  prioritized: 'zset',
  delayed: 'zset',
  completed: 'zset',
  failed: 'zset',
  'waiting-children': 'zset',
  marker: 'zset',
  stalled: 'set',
  events: 'stream',
  id: 'string',
} as const;

/**
 * The commands of which BullMQ's scripts are made, on keys beside the queue: an ACL or a limit of a managed Redis
 * that forbids one of them stops the queue though plain writes pass. Then the types of the queue's own keys.
 */
export const DRY_RUN_SCRIPT = `
local call = redis.call
local hash, list, other, zset, set, stream, string = unpack(KEYS, 1, 7)
call('DEL', hash, list, other, zset, set, stream, string)
call('INCR', string)
call('SET', string, '1', 'PX', 1000)
call('GET', string)
call('PEXPIRE', string, 1000)
call('PTTL', string)
call('PERSIST', string)
call('EXISTS', string)
call('HSET', hash, 'a', '1')
call('HMSET', hash, 'b', '1')
call('HINCRBY', hash, 'a', 1)
call('HGET', hash, 'a')
call('HMGET', hash, 'a', 'b')
call('HGETALL', hash)
call('HEXISTS', hash, 'a')
call('HDEL', hash, 'b')
call('LPUSH', list, '1')
call('RPUSH', list, '2')
call('LRANGE', list, 0, -1)
call('LPOS', list, '1')
call('LINDEX', list, 0)
call('RPOPLPUSH', list, other)
call('LREM', other, 0, '2')
call('LTRIM', list, 0, 0)
call('LLEN', list)
call('LPOP', list)
call('ZADD', zset, 1, 'a', 2, 'b')
call('ZSCORE', zset, 'a')
call('ZRANGE', zset, 0, 0)
call('ZRANGEBYSCORE', zset, 0, 1)
call('ZREVRANGEBYSCORE', zset, 1, 0)
call('ZCARD', zset)
call('ZREM', zset, 'a')
call('ZPOPMIN', zset)
call('ZREVRANGE', zset, 0, 0)
call('ZREMRANGEBYSCORE', zset, 0, 1)
call('ZREMRANGEBYRANK', zset, 0, 0)
call('SADD', set, 'a')
call('SCARD', set)
call('SMEMBERS', set)
call('SREM', set, 'a')
call('XADD', stream, 'MAXLEN', '~', 10, '*', 'a', '1')
call('XTRIM', stream, 'MAXLEN', 0)
call('DEL', hash, list, other, zset, set, stream, string)
for index = 8, #KEYS do
  -- BullMQ itself has no need to ask for types.
  local is = redis.pcall('TYPE', KEYS[index])['ok'] or 'none'
  local wanted = ARGV[index - 7]
  if is ~= 'none' and is ~= wanted then
    return redis.error_reply('WRONGTYPE the key ' .. KEYS[index] .. ' of the queue is a ' .. is .. ', not a ' .. wanted)
  end
end
return 'OK'
`;
