/** Keys of the queue that `JOB_STATES_SCRIPT` looks at, in its order; the first argument is what they begin with. */
export const JOB_STATE_KEYS = [
  'completed',
  'failed',
  'delayed',
  'prioritized',
  'waiting-children',
  'active',
  'wait',
  'paused',
] as const;

/** Jobs asked after in one call: Redis does nothing else meanwhile. */
export const JOB_STATES_AT_ONCE = 50;

/** A list that is longer than this is not read. */
const READABLE = 500;

/**
 * The states of some jobs, at a cost that does not grow with the queue. BullMQ itself looks for a job in its lists,
 * which takes milliseconds for each job when a million wait. Here its hash, the sets and its lock decide; what is in
 * none of them is in a list. Whether it really is, and not only its hash was left, is looked up where the lists are
 * short. In a long one it is taken to be: should it be lost, that shows when the backlog has been worked off.
 */
export const JOB_STATES_SCRIPT = `
local short, listed
local function readLists()
  short, listed = true, {}
  for list = 6, 8 do
    if redis.call('LLEN', KEYS[list]) > ${READABLE} then short = false end
  end
  for list = 6, 8 do
    local ids = short and redis.call('LRANGE', KEYS[list], 0, -1) or {}
    for _, id in ipairs(ids) do listed[id] = list == 6 and 'active' or 'waiting' end
  end
end
local function stateOf(id)
  if redis.call('EXISTS', ARGV[1] .. id) == 0 then return 'absent' end
  if redis.call('EXISTS', ARGV[1] .. id .. ':lock') == 1 then return 'active' end
  if redis.call('ZSCORE', KEYS[1], id) then return 'completed' end
  if redis.call('ZSCORE', KEYS[2], id) then return 'failed' end
  if redis.call('ZSCORE', KEYS[3], id) then return 'delayed' end
  if redis.call('ZSCORE', KEYS[4], id) or redis.call('ZSCORE', KEYS[5], id) then return 'waiting' end
  if short == nil then readLists() end
  return listed[id] or (short and 'absent' or 'waiting')
end
local states = {}
for index = 2, #ARGV do states[index - 1] = stateOf(ARGV[index]) end
return states
`;
