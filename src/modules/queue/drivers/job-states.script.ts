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

/** The states of many jobs in one call. A job that is in no set and no list is absent, though its hash may be left. */
export const JOB_STATES_SCRIPT = `
local function stateOf(id)
  if redis.call('EXISTS', ARGV[1] .. id) == 0 then return 'absent' end
  if redis.call('LPOS', KEYS[6], id) then return 'active' end
  if redis.call('ZSCORE', KEYS[1], id) then return 'completed' end
  if redis.call('ZSCORE', KEYS[2], id) then return 'failed' end
  if redis.call('ZSCORE', KEYS[3], id) then return 'delayed' end
  if redis.call('ZSCORE', KEYS[4], id) or redis.call('ZSCORE', KEYS[5], id) then return 'waiting' end
  if redis.call('LPOS', KEYS[7], id) or redis.call('LPOS', KEYS[8], id) then return 'waiting' end
  return 'absent'
end
local states = {}
for index = 2, #ARGV do states[index - 1] = stateOf(ARGV[index]) end
return states
`;
