import type { DatabaseCode, DatabaseFailure } from './database-failure.policy.js';

/** The database could not do what was asked, for a reason that is not the statement's own. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
  /** The reason, from the registry of codes. */
  readonly code: DatabaseCode;

  constructor(failure: Pick<DatabaseFailure, 'code' | 'text'>, cause?: unknown) {
    super(failure.text, { cause });
    this.code = failure.code;
  }
}
