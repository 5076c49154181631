import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { JOB_STATE_KEYS, JOB_STATES_SCRIPT } from '../../queue/observe.js';
import { isWithheld } from '../../redis/index.js';
import type { OldestJobs, OldestLook } from './oldest.js';
import { oldestByReads } from './oldest-by-reads.js';
import { isJob, type WaitingList } from './waiting-lists.js';

/** A list of so many jobs is looked at as a whole. */
const WHOLE = 40;
/** Priorities looked at, the least urgent first: that is where jobs starve. */
const CLASSES = 8;

/**
 * Where the oldest waiting job may be. BullMQ keeps no order of age: with priorities it is the first of the least
 * urgent ones, among plain jobs it is next in line, or last, or (with LIFO) anywhere in between.
 *
 * KEYS: prioritized, then the lists of plain jobs. ARGV: where in between to look this time, from 0 to 1.
 * Answers: 1 when it is a sample, then ids.
 */
const CANDIDATES_SCRIPT = `
local found, sample = {}, 0
for list = 2, #KEYS do
  local waiting = redis.call('LLEN', KEYS[list])
  if waiting > ${WHOLE} then
    sample = 1
    for _, index in ipairs({ 0, -1, math.floor(ARGV[1] * (waiting - 1)) }) do
      found[#found + 1] = redis.call('LINDEX', KEYS[list], index)
    end
  elseif waiting > 0 then
    for _, id in ipairs(redis.call('LRANGE', KEYS[list], 0, -1)) do found[#found + 1] = id end
  end
end
local below = '+inf'
for _ = 1, ${CLASSES} do
  local last = redis.call('ZREVRANGEBYSCORE', KEYS[1], below, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if not last[2] then break end
  local from = string.format('%.0f', math.floor(last[2] / 4294967296) * 4294967296)
  found[#found + 1] = redis.call('ZRANGEBYSCORE', KEYS[1], from, '+inf', 'LIMIT', 0, 1)[1]
  below = '(' .. from
end
if below ~= '+inf' and redis.call('ZCOUNT', KEYS[1], '-inf', below) > 0 then sample = 1 end
table.insert(found, 1, sample)
return found
`;

/** `before`: the jobs that were found earlier. Costs Redis the same however many jobs wait. */
export async function oldestJobs(
  redis: Redis,
  scope: QueueScope,
  lists: readonly WaitingList[],
  look: OldestLook,
): Promise<OldestJobs> {
  try {
    return await oldestByScript(redis, scope, lists, look);
  } catch (error) {
    // Whoever may only read may not run scripts, not even such as only read.
    if (!isWithheld(error)) throw error;
    return await oldestByReads(redis, scope, lists, look);
  }
}

async function oldestByScript(
  redis: Redis,
  scope: QueueScope,
  lists: readonly WaitingList[],
  { before, place }: OldestLook,
): Promise<OldestJobs> {
  const base = bullKey(scope, '');
  const [sample, ...candidates] = (await redis.eval(
    CANDIDATES_SCRIPT,
    1 + lists.length,
    `${base}prioritized`,
    ...lists.map((list) => base + list),
    place,
  )) as [number, ...string[]];
  const found = candidates.filter(isJob);
  const known = before.filter((id) => !found.includes(id));
  const keys = JOB_STATE_KEYS.map((key) => base + key);
  const states =
    known.length === 0
      ? []
      : ((await redis.eval(JOB_STATES_SCRIPT, keys.length, ...keys, base, ...known)) as string[]);
  return {
    ids: [...found, ...known.filter((_, index) => states[index] === 'waiting')],
    sample: sample === 1,
  };
}
