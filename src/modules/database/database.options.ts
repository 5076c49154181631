/** Inject with `@Inject(DATABASE_OPTIONS) options: DatabaseOptions`. */
export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

/**
 * What tables of ours there are to be.
 * - `needed`: work depends on them, and without them the database is not ready
 * - `wanted`: what is remembered is kept in them; without them it is not, and the check warns
 * - `none`: nothing of ours is in this database, and nothing is written to it
 */
export type OwnTables = 'needed' | 'wanted' | 'none';

export interface DatabaseOptions {
  /** Where the database is and who asks it; a secret. Undefined when there is none that can be used. */
  readonly url: string | undefined;
  /** Why there is none, with what to do; for operators. */
  readonly whyNot: string;
  readonly tables: OwnTables;
}
