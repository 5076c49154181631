/**
 * Lua: `serverMs(key)` answers the time by the clock of Redis, in ms. TIME is withheld from some users; an entry of a
 * stream is then numbered by the same clock, in the key that is given, which is gone when the script ends.
 */
export const SERVER_MS_LUA = `
local function serverMs(key)
  local time = redis.pcall('TIME')
  if not time.err then return time[1] * 1000 + math.floor(time[2] / 1000) end
  local id = redis.call('XADD', key, '*', 'ms', '')
  redis.call('DEL', key)
  return tonumber(string.match(id, '^%d+'))
end
`;

/** The same for one who asks for nothing else. KEYS: the key for that. */
export const SERVER_MS_SCRIPT = `${SERVER_MS_LUA}
return string.format('%.0f', serverMs(KEYS[1]))
`;
