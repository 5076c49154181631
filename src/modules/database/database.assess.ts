import type { DatabaseCode, DatabaseFailure } from './database-failure.policy.js';
import type { OwnTables } from './database.options.js';
import type { PoolUse } from './pool-use.js';
import type { ServerState } from './look.js';

/** How an attempt to ask the server on one connection ended. */
export type DatabaseLook =
  | { readonly kind: 'answered'; readonly state: ServerState; readonly latencyMs: number }
  | { readonly kind: 'failed'; readonly failure: DatabaseFailure }
  /** The connection, new or pooled, gave no answer in time. */
  | { readonly kind: 'hung'; readonly waitedMs: number }
  /** The pool gave no connection in time. `returned`: how many came back to it meanwhile. */
  | { readonly kind: 'no-connection'; readonly waitedMs: number; readonly returned: number };

export interface Evidence {
  readonly pooled: DatabaseLook;
  /** On a connection of its own; null when the pooled answer left no doubt and the last such look is recent. */
  readonly fresh: DatabaseLook | null;
  readonly pool: PoolUse;
  /** Names of the migrations that this build ships. */
  readonly shipped: readonly string[];
  readonly tables: OwnTables;
}

export interface Verdict {
  readonly code: DatabaseCode;
  readonly message: string;
}

/** Judges what two connections said. What is wrong with the server comes before what is wrong with the pool. */
export function assess(evidence: Evidence): Verdict {
  const { pooled, fresh } = evidence;
  const answered = [fresh, pooled].filter((each) => each?.kind === 'answered');
  if (answered.length === 0) return verdictOn(fresh ?? pooled);
  const drift = driftOf(evidence);
  const fault = answered
    .map((each) => faultOf(each.state, drift, evidence.tables))
    .find((each) => each !== null);
  if (fault) return fault;
  if (pooled.kind !== 'answered') return poolVerdict(pooled, evidence.pool);
  if (fresh !== null && fresh.kind !== 'answered') return newConnectionVerdict(fresh);
  const withoutMemory = answered.find(({ state }) => ownTablesFault(state, drift) !== null);
  if (withoutMemory !== undefined && evidence.tables === 'wanted') {
    const lacking = [...drift.pending, ...withoutMemory.state.missingTables].join(', ');
    return {
      code: 'database.memory_missing',
      message: `The database works, and remembers nothing for Probity, whose tables are not there (${lacking}): npx probity-migrate makes them.`,
    };
  }
  // Where nothing of ours is to be, it is of no interest what there is.
  if (drift.unknown.length > 0 && evidence.tables !== 'none') {
    return {
      code: 'database.schema_newer',
      message: `The database has migrations that this version does not know: ${drift.unknown.join(', ')}. Deploy the version that ships them.`,
    };
  }
  return { code: 'database.healthy', message: 'Database connection healthy' };
}

export interface Drift {
  /** Shipped and not applied. */
  readonly pending: readonly string[];
  /** Applied and not shipped. */
  readonly unknown: readonly string[];
}

/** How the schema of the database differs from the one that this build ships. */
export function driftOf({ pooled, fresh, shipped }: Evidence): Drift {
  const answered = [fresh, pooled].find((each) => each?.kind === 'answered');
  if (answered === undefined) return { pending: [], unknown: [] };
  const { applied } = answered.state;
  return {
    pending: shipped.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !shipped.includes(name)),
  };
}

function faultOf(state: ServerState, drift: Drift, tables: OwnTables): Verdict | null {
  if (state.inRecovery) {
    return {
      code: 'database.in_recovery',
      message:
        'The database is a standby (pg_is_in_recovery) and takes no writes. Point DATABASE_URL at the primary, or promote it.',
    };
  }
  if (state.readOnly) {
    return {
      code: 'database.read_only',
      message: 'The database is read-only (transaction_read_only is on) and takes no writes.',
    };
  }
  const own = tables === 'needed' ? ownTablesFault(state, drift) : null;
  if (own !== null) return own;
  if (state.writeFailure === null && state.dryRunFailure !== null) {
    const { what, failure } = state.dryRunFailure;
    return { code: failure.code, message: `The database does not let this process ${what}: ${failure.text}` };
  }
  const refused = state.writeFailure ?? onlySpace(state.spaceFailure);
  return refused === null
    ? null
    : { code: refused.code, message: `The database refused a write: ${refused.text}` };
}

/** Of what is kept in tables of ours. */
function ownTablesFault(state: ServerState, { pending }: Drift): Verdict | null {
  if (pending.length > 0) {
    return {
      code: 'database.migrations_pending',
      message: `Migrations are not applied: ${pending.join(', ')}. Run npm run db:migrate.`,
    };
  }
  if (state.missingTables.length > 0) {
    return {
      code: 'database.table_missing',
      message: `Tables are missing although their migrations were applied: ${state.missingTables.join(', ')}. Restore them from a backup.`,
    };
  }
  return null;
}

/**
 * Whether a pooled connection is unlike a new one by something that its session keeps, such as read-only by default,
 * a role or a search path: it would keep it for ever, so the pool needs new ones. `faultOf` judges each by itself.
 */
export function poolIsStale(evidence: Evidence): boolean {
  const { pooled, fresh } = evidence;
  if (fresh?.kind !== 'answered') return false;
  const drift = driftOf(evidence);
  const { tables } = evidence;
  if (faultOf(fresh.state, drift, tables) !== null) return false;
  if (pooled.kind === 'failed') return !pooled.failure.fatal;
  if (pooled.kind !== 'answered') return false;
  return pooled.state.session !== fresh.state.session || faultOf(pooled.state, drift, tables) !== null;
}

/** Spilling to disk may be refused for reasons of its own, such as a limit of the user; those are no fault. */
function onlySpace(failure: DatabaseFailure | null): DatabaseFailure | null {
  return failure?.code === 'database.disk_full' || failure?.code === 'database.storage_error'
    ? failure
    : null;
}

/** The pool does not answer and a new connection does. */
function poolVerdict(pooled: Exclude<DatabaseLook, { kind: 'answered' }>, pool: PoolUse): Verdict {
  if (pooled.kind !== 'no-connection')
    return { ...verdictOn(pooled), ...(pooled.kind === 'hung' ? HANGING : {}) };
  const waited = `A pooled connection was not to be had within ${pooled.waitedMs} ms (${pool.total} of ${pool.max} in use, ${pool.waiting} waiting)`;
  return pooled.returned > 0
    ? { code: 'database.pool_busy', message: `${waited}, though ${pooled.returned} came back meanwhile.` }
    : {
        code: 'database.pool_exhausted',
        message: `${waited} and none came back, while a new connection works: something keeps them. Restart this process.`,
      };
}

const HANGING: Verdict = {
  code: 'database.pool_hanging',
  message: 'A pooled connection hangs while a new one works. It was destroyed, and the pool makes new ones.',
};

/** The pool answers and a new connection does not: work goes on for as long as the open ones last. */
function newConnectionVerdict(fresh: Exclude<DatabaseLook, { kind: 'answered' }>): Verdict {
  const { code, message } = verdictOn(fresh);
  const still = `Open connections still work, new ones do not: ${message}`;
  if (code === 'database.credentials_rejected')
    return { code: 'database.credentials_rotated', message: still };
  if (code === 'database.connection_limit')
    return { code: 'database.connection_limit_reached', message: still };
  return { code, message: still };
}

function verdictOn(look: DatabaseLook): Verdict {
  switch (look.kind) {
    case 'failed':
      return { code: look.failure.code, message: look.failure.text };
    case 'hung':
    case 'no-connection':
      return {
        code: 'database.unresponsive',
        message: `The database gave no answer within ${look.waitedMs} ms.`,
      };
    case 'answered':
      return { code: 'database.healthy', message: 'Database connection healthy' };
    default:
      return look satisfies never;
  }
}
