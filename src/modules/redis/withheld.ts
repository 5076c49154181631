import { isWithheld } from './withheld.policy.js';

/** For `catch`: a command that this user may not send, or the server does not know, answers this; else it throws. */
export function withheldBy<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isWithheld(error)) return instead;
    throw error;
  };
}
