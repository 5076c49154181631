import { SERVER_MS_LUA } from './server-clock.js';

/**
 * Lua: `present(index, id, keepMs)` notes in a sorted set that somebody was there, and answers when, by the clock of
 * Redis. What lies further back than `keepMs`, or further ahead, was not noted by that clock or is of no interest.
 */
export const PRESENCE_LUA = `${SERVER_MS_LUA}
local function present(index, id, keepMs)
  local now = serverMs(index .. ':clock')
  redis.call('ZADD', index, now, id)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now - keepMs)
  redis.call('ZREMRANGEBYSCORE', index, now + keepMs, '+inf')
  redis.call('PEXPIRE', index, keepMs)
  return now
end
`;
