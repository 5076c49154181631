/**
 * A write as BullMQ's own scripts make it, so that Redis answers as it would answer them, and what lies beside
 * it: the sentinel and the counter of jobs. Keys: canary, sentinel, counter. Arguments: value, lifetime in ms.
 */
export const WRITE_CANARY_SCRIPT = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('MGET', KEYS[2], KEYS[3])
`;

export const CANARY_LIFETIME_MS = 60_000;
