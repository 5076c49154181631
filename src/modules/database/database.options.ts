/** Inject with `@Inject(DATABASE_OPTIONS) options: DatabaseOptions`. */
export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

export interface DatabaseOptions {
  /** Where the database is and who asks it; a secret. Undefined when there is none that can be used. */
  readonly url: string | undefined;
  /** Why there is none, with what to do; for operators. */
  readonly whyNot: string;
}
