import { redisFailure } from '../../redis/index.js';

/** For `catch`: a command that this user may not send, or the server does not know, answers this; else it throws. */
export function withheldBy<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isWithheld(error)) return instead;
    throw error;
  };
}

/** Whether Redis refuses the command itself: by an ACL, or because it was renamed or never was there. */
export function isWithheld(error: unknown): boolean {
  const { code, text } = redisFailure(error);
  return code === 'redis.not_permitted' || /unknown (sub)?command/i.test(text);
}
