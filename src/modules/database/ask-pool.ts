import type { PoolClient } from 'pg';
import { monotonic } from '../kernel/index.js';
import type { DatabaseLook } from './database.assess.js';
import { failureOf } from './database-failure.policy.js';
import type { Database } from './database.service.js';
import { look, type LookOptions } from './look.js';

/** A question to the pool that can be given up at any time. */
export interface PoolQuestion {
  readonly answer: Promise<DatabaseLook>;
  /** Ends the question and says how far it came: what hangs is destroyed, what comes late is given back. */
  giveUp(): DatabaseLook;
}

/** Asks on a pooled connection, once more when the first one turns out to be broken. `answer` never rejects. */
export function askPool(database: Database, options: LookOptions): PoolQuestion {
  const startedAt = monotonic();
  const releasesBefore = database.releases;
  let client: PoolClient | undefined;
  let over = false;

  const attempt = async (): Promise<DatabaseLook> => {
    const acquired = await database.pool.connect();
    if (over) {
      database.release(acquired);
      return waitedInVain();
    }
    client = acquired;
    const askedAt = monotonic();
    try {
      const state = await look(acquired, options);
      if (!over) database.release(acquired);
      return { kind: 'answered', state, latencyMs: Math.round(monotonic() - askedAt) };
    } catch (error) {
      if (!over) database.release(acquired, failureOf(error).fatal);
      throw error;
    } finally {
      client = undefined;
    }
  };

  const waitedInVain = (): DatabaseLook => ({
    kind: 'no-connection',
    waitedMs: Math.round(monotonic() - startedAt),
    returned: database.releases - releasesBefore,
  });

  const answer = attempt()
    .catch((error: unknown) => {
      if (over || !failureOf(error).fatal) throw error;
      return attempt();
    })
    .catch((error: unknown): DatabaseLook => ({ kind: 'failed', failure: failureOf(error) }));

  return {
    answer,
    giveUp() {
      over = true;
      if (client === undefined) {
        const { total, max } = database.poolUse();
        const waited = waitedInVain();
        // With room in the pool, it is not a connection that was missing: making one hangs.
        return waited.kind === 'no-connection' && total < max
          ? { kind: 'hung', waitedMs: waited.waitedMs }
          : waited;
      }
      client.release(true);
      return { kind: 'hung', waitedMs: Math.round(monotonic() - startedAt) };
    },
  };
}
