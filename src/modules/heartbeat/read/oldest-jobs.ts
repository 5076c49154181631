import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { JOB_STATE_KEYS, JOB_STATES_SCRIPT } from '../../queue/index.js';

/** A list of so many jobs is looked at as a whole. */
const WHOLE = 40;
/** Priorities looked at, the least urgent first: that is where jobs starve. */
const CLASSES = 8;

/**
 * Where the oldest waiting job may be. BullMQ keeps no order of age: with priorities it is the first of the least
 * urgent ones, among plain jobs it is next in line, or last, or (with LIFO) anywhere in between.
 *
 * KEYS: wait, prioritized. ARGV: where in between to look this time, from 0 to 1.
 * Answers: 1 when it is a sample, then ids.
 */
const CANDIDATES_SCRIPT = `
local found, sample = {}, 0
local waiting = redis.call('LLEN', KEYS[1])
if waiting > 0 and waiting <= ${WHOLE} then
  found = redis.call('LRANGE', KEYS[1], 0, -1)
elseif waiting > 0 then
  sample = 1
  for _, index in ipairs({ 0, -1, math.floor(ARGV[1] * (waiting - 1)) }) do
    found[#found + 1] = redis.call('LINDEX', KEYS[1], index)
  end
end
local below = '+inf'
for _ = 1, ${CLASSES} do
  local last = redis.call('ZREVRANGEBYSCORE', KEYS[2], below, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if not last[2] then break end
  local from = string.format('%.0f', math.floor(last[2] / 4294967296) * 4294967296)
  found[#found + 1] = redis.call('ZRANGEBYSCORE', KEYS[2], from, '+inf', 'LIMIT', 0, 1)[1]
  below = '(' .. from
end
if below ~= '+inf' and redis.call('ZCOUNT', KEYS[2], '-inf', below) > 0 then sample = 1 end
table.insert(found, 1, sample)
return found
`;

export interface OldestJobs {
  /** Jobs that wait now: candidates, and those of before that still do. */
  readonly ids: readonly string[];
  readonly sample: boolean;
}

/** `before`: the jobs that were found earlier. Costs Redis the same however many jobs wait. */
export async function oldestJobs(
  redis: Redis,
  scope: QueueScope,
  before: readonly string[],
  place: number,
): Promise<OldestJobs> {
  const base = bullKey(scope, '');
  const [sample, ...found] = (await redis.eval(
    CANDIDATES_SCRIPT,
    2,
    `${base}wait`,
    `${base}prioritized`,
    place,
  )) as [number, ...string[]];
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
