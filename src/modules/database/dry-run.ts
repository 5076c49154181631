import type { ClientBase } from 'pg';

/** Something that the database must be able to do, tried in a transaction that is always rolled back. */
export interface DryRun {
  /** For people, such as `accept executions`. */
  readonly what: string;
  run(client: ClientBase): Promise<void>;
}
