import { redisFailure } from './redis-failure.policy.js';

/**
 * What servers say of a command that they keep to themselves: Redis of one that was renamed away or never was there, and
 * managed services in their own words.
 */
const WORDS = [
  /unknown (redis )?(sub)?command/i,
  /\bcommand is not available\b/i,
  /\bcommand\b.*\bnot (allowed|permitted|support(ed)?)\b/i,
];

/** Whether Redis refuses the command itself: to this user by an ACL, or to everybody. */
export function isWithheld(error: unknown): boolean {
  const { code, text } = redisFailure(error);
  if (code === 'redis.not_permitted') return true;
  return code === 'redis.unexpected_reply' && WORDS.some((words) => words.test(text));
}
