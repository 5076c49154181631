/**
 * How deep it is looked for. It was added to an empty queue, so it is the next but for what was put before it since;
 * one that is buried deeper is left to the worker that comes to it and knows it.
 */
const DEEPEST = 1000;

/**
 * Takes a canary out of its queue, at a cost that does not grow with the queue: BullMQ itself would look for it in all
 * of each list. Keys: the lists `wait` and `paused`, and the job; the argument is its id.
 */
export const WITHDRAW_SCRIPT = `
for list = 1, 2 do
  if redis.call('LPOS', KEYS[list], ARGV[1], 'RANK', -1, 'MAXLEN', ${DEEPEST}) then
    redis.call('LREM', KEYS[list], -1, ARGV[1])
    return redis.call('DEL', KEYS[3])
  end
end
return 0
`;
