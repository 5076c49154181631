import { describe, expect, it } from '@jest/globals';
import {
  assess,
  driftOf,
  poolIsStale,
  type Evidence,
  type DatabaseLook,
} from '../../../src/modules/database/database.assess.js';
import type { DatabaseCode, DatabaseFailure } from '../../../src/modules/database/database-failure.policy.js';
import type { ServerState } from '../../../src/modules/database/look.js';

const state: ServerState = {
  serverVersion: '18.1',
  inRecovery: false,
  readOnly: false,
  applied: ['0001_a', '0002_b'],
  missingTables: [],
  session: 'as new',
  dryRunFailure: null,
  writeFailure: null,
  spaceFailure: null,
};
const answered = (change: Partial<ServerState> = {}): DatabaseLook => ({
  kind: 'answered',
  state: { ...state, ...change },
  latencyMs: 2,
});
const failure = (code: DatabaseCode): DatabaseFailure => ({ code, text: `text of ${code}`, fatal: true });
const failed = (code: DatabaseCode): DatabaseLook => ({ kind: 'failed', failure: failure(code) });
const hung: DatabaseLook = { kind: 'hung', waitedMs: 1500 };
const noConnection = (returned: number): DatabaseLook => ({
  kind: 'no-connection',
  waitedMs: 1500,
  returned,
});

const verdict = (
  pooled: DatabaseLook,
  fresh: DatabaseLook | null,
  shipped = ['0001_a', '0002_b'],
  tables: Evidence['tables'] = 'needed',
) => {
  const pool: Evidence['pool'] = { total: 9, idle: 0, waiting: 3, max: 10 };
  return assess({ pooled, fresh, pool, shipped, tables });
};
const judge = (pooled: DatabaseLook, fresh: DatabaseLook | null): string => verdict(pooled, fresh).code;

describe('assess', () => {
  it('passes when the pool answers well, a new connection asked or not', () => {
    expect(judge(answered(), null)).toBe('database.healthy');
    expect(verdict(answered(), answered())).toEqual({
      code: 'database.healthy',
      message: 'Database connection healthy',
    });
  });

  it('gives the reason of the new connection when neither answers', () => {
    expect(judge(hung, failed('database.unreachable'))).toBe('database.unreachable');
    expect(judge(noConnection(0), hung)).toBe('database.unresponsive');
    expect(judge(failed('database.unreachable'), null)).toBe('database.unreachable');
  });

  it('tells a leaking pool from a busy one by what came back meanwhile', () => {
    expect(judge(noConnection(0), answered())).toBe('database.pool_exhausted');
    expect(judge(noConnection(1), answered())).toBe('database.pool_busy');
    expect(judge(noConnection(3), answered())).toBe('database.pool_busy');
  });

  it('calls a pooled connection hanging only when a new one answers', () => {
    expect(judge(hung, answered())).toBe('database.pool_hanging');
    expect(judge(hung, hung)).toBe('database.unresponsive');
  });

  it('only warns of refused new connections while the open ones work', () => {
    expect(judge(answered(), failed('database.credentials_rejected'))).toBe('database.credentials_rotated');
    expect(judge(answered(), failed('database.connection_limit'))).toBe('database.connection_limit_reached');
    expect(judge(hung, failed('database.credentials_rejected'))).toBe('database.credentials_rejected');
  });

  it('does not take a server for well that answers no new connection', () => {
    expect(judge(answered(), hung)).toBe('database.unresponsive');
    expect(judge(answered(), failed('database.unreachable'))).toBe('database.unreachable');
  });

  it.each<[string, Partial<ServerState>]>([
    ['database.in_recovery', { inRecovery: true, readOnly: true }],
    ['database.read_only', { readOnly: true }],
    ['database.migrations_pending', { applied: ['0001_a'], missingTables: ['b'] }],
    ['database.table_missing', { missingTables: ['b'] }],
    ['database.disk_full', { writeFailure: failure('database.disk_full') }],
    ['database.disk_full', { spaceFailure: failure('database.disk_full') }],
    ['database.permission_denied', { writeFailure: failure('database.permission_denied') }],
  ])('fails with %s, whichever connection saw it', (code, change) => {
    expect(judge(answered(change), null)).toBe(code);
    expect(judge(answered(change), answered(change))).toBe(code);
    expect(judge(hung, answered(change))).toBe(code);
  });

  it('sees a full disk that only the new connection was asked about', () => {
    const full = answered({ spaceFailure: failure('database.disk_full') });
    expect(judge(answered(), full)).toBe('database.disk_full');
    const broken = answered({ spaceFailure: failure('database.storage_error') });
    expect(judge(answered(), broken)).toBe('database.storage_error');
  });

  it('tells of a refused write before it tells of what cannot be tried out', () => {
    const dryRunFailure = { what: 'accept executions', failure: failure('database.locked') };
    const both = answered({ writeFailure: failure('database.disk_full'), dryRunFailure });
    expect(judge(both, null)).toBe('database.disk_full');
  });

  it('gives the reason of the pooled connection when that alone failed', () => {
    expect(verdict(failed('database.read_only'), answered())).toEqual({
      code: 'database.read_only',
      message: 'text of database.read_only',
    });
  });

  it('does not blame the disk for a limit of the user', () => {
    expect(judge(answered(), answered({ spaceFailure: failure('database.error') }))).toBe('database.healthy');
  });

  it('warns of a schema that is newer, and fails on one that is both newer and incomplete', () => {
    expect(judge(answered({ applied: ['0001_a', '0002_b', '0003_c'] }), null)).toBe('database.schema_newer');
    expect(judge(answered({ applied: ['0001_a', '0003_c'] }), null)).toBe('database.migrations_pending');
  });
});

describe('what is said of the database', () => {
  const newer = answered({ applied: ['0001_a', '0002_b', '0003_c', '0004_d'] });
  const rejected = failed('database.credentials_rejected');

  it.each<[string, DatabaseLook, DatabaseLook | null, string]>([
    ['well', answered(), answered(), 'Database connection healthy'],
    ['newer', newer, null, 'does not know: 0003_c, 0004_d. Deploy the version that ships them.'],
    ['a standby', answered({ inRecovery: true }), null, 'Point DATABASE_URL at the primary'],
    ['read-only', answered({ readOnly: true }), null, 'transaction_read_only is on'],
    ['behind', answered({ applied: [] }), null, 'not applied: 0001_a, 0002_b. Run npm run db:migrate.'],
    [
      'incomplete',
      answered({ missingTables: ['b', 'c'] }),
      null,
      'applied: b, c. Restore them from a backup.',
    ],
    [
      'refusing',
      answered({ writeFailure: failure('database.disk_full') }),
      null,
      'The database refused a write: text of database.disk_full',
    ],
    ['silent', hung, hung, 'The database gave no answer within 1500 ms.'],
    ['silent before it gave a connection', noConnection(0), noConnection(0), 'no answer within 1500 ms.'],
    ['away', failed('database.unreachable'), null, 'text of database.unreachable'],
    [
      'busy',
      noConnection(4),
      answered(),
      '1500 ms (9 of 10 in use, 3 waiting), though 4 came back meanwhile.',
    ],
    [
      'exhausted',
      noConnection(0),
      answered(),
      'within 1500 ms (9 of 10 in use, 3 waiting) and none came back, while a new connection works: something keeps them. Restart',
    ],
    ['hanging', hung, answered(), 'A pooled connection hangs while a new one works.'],
    ['closed to new ones', answered(), rejected, 'new ones do not: text of database.credentials_rejected'],
    ['full', answered(), failed('database.connection_limit'), 'still work, new ones do not: text of'],
    ['slow with new ones', answered(), hung, 'new ones do not: The database gave no answer within 1500 ms.'],
  ])('when it is %s names what to do and every figure', (_what, pooled, fresh, says) => {
    expect(verdict(pooled, fresh).message).toContain(says);
  });
});

describe('how the schema differs', () => {
  const pool = { total: 1, idle: 1, waiting: 0, max: 10 };
  const rest = { shipped: ['0001_a', '0002_b'], tables: 'needed' } as const;

  it('is by what was not applied, and by what is not shipped, as the new connection sees it', () => {
    const fresh = answered({ applied: ['0001_a', '0003_c'] });
    expect(driftOf({ pooled: answered(), fresh, pool, ...rest })).toEqual({
      pending: ['0002_b'],
      unknown: ['0003_c'],
    });
  });

  it('is not known while nobody answers', () => {
    expect(driftOf({ pooled: hung, fresh: null, pool, ...rest })).toEqual({ pending: [], unknown: [] });
  });
});

describe('poolIsStale', () => {
  const isStale = (pooled: DatabaseLook, fresh: DatabaseLook | null): boolean =>
    poolIsStale({
      pooled,
      fresh,
      pool: { total: 1, idle: 1, waiting: 0, max: 10 },
      shipped: ['0001_a', '0002_b'],
      tables: 'needed',
    });

  it('is true of what only the pooled session has', () => {
    expect(isStale(answered({ readOnly: true }), answered())).toBe(true);
    expect(isStale(answered({ missingTables: ['b'] }), answered())).toBe(true);
    expect(isStale(answered({ session: 'another search path' }), answered())).toBe(true);
    const refused: DatabaseFailure = {
      code: 'database.permission_denied',
      text: 'of its role',
      fatal: false,
    };
    expect(isStale({ kind: 'failed', failure: refused }, answered())).toBe(true);
    expect(isStale(failed('database.unreachable'), answered())).toBe(false);
  });

  it('is false of what the server has, and where there is nothing to compare', () => {
    expect(isStale(answered(), answered())).toBe(false);
    expect(isStale(answered({ readOnly: true }), answered({ readOnly: true }))).toBe(false);
    expect(isStale(answered({ readOnly: true }), null)).toBe(false);
    expect(isStale(hung, answered())).toBe(false);
    expect(isStale(answered({ readOnly: true }), hung)).toBe(false);
  });
});

describe('work that the database does not allow', () => {
  const locked = { what: 'accept executions', failure: failure('database.locked') };

  it('is a failure that says what cannot be done, on whichever connection', () => {
    expect(judge(answered({ dryRunFailure: locked }), null)).toBe('database.locked');
    expect(judge(noConnection(0), answered({ dryRunFailure: locked }))).toBe('database.locked');
    const { message } = assess({
      pooled: answered({ dryRunFailure: locked }),
      fresh: null,
      pool: { total: 1, idle: 1, waiting: 0, max: 10 },
      shipped: ['0001_a', '0002_b'],
      tables: 'needed',
    });
    expect(message).toBe('The database does not let this process accept executions: text of database.locked');
  });
});

describe("tables of ours in a database that is somebody else's", () => {
  const foreign = (
    tables: Evidence['tables'],
    pooled: DatabaseLook,
    fresh: DatabaseLook | null = null,
    shipped = ['0001_a', '0002_b'],
  ) => verdict(pooled, fresh, shipped, tables);

  it.each([
    ['were not made', answered({ applied: [], missingTables: ['incidents'] }), '0001_a, 0002_b'],
    ['are gone', answered({ missingTables: ['incidents'] }), 'incidents'],
  ])('that are wanted and %s make a warning, for the database is well', (_what, pooled, says) => {
    const said = foreign('wanted', pooled);
    expect(said.code).toBe('database.memory_missing');
    expect(said.message).toMatch(/^The database works, and remembers nothing for Probity/);
    expect(said.message).toContain(says);
    expect(foreign('needed', pooled).code).not.toBe('database.memory_missing');
  });

  it('come after whatever is wrong with the database, and after a new connection that fails', () => {
    const missing = { applied: [], missingTables: ['incidents'] };
    expect(foreign('wanted', answered({ ...missing, readOnly: true })).code).toBe('database.read_only');
    expect(foreign('wanted', answered(missing), failed('database.unreachable')).code).toBe(
      'database.unreachable',
    );
  });

  it('are of no interest where none are to be', () => {
    expect(foreign('none', answered({ applied: ['0009_z'] }), null, []).code).toBe('database.healthy');
    expect(foreign('wanted', answered({ applied: ['0001_a', '0002_b', '0009_z'] })).code).toBe(
      'database.schema_newer',
    );
  });

  it('make no pool stale by being absent', () => {
    const evidence = {
      pooled: answered({ missingTables: ['incidents'] }),
      fresh: answered({ missingTables: ['incidents'] }),
      pool: { total: 1, idle: 1, waiting: 0, max: 10 },
      shipped: ['0001_a', '0002_b'],
    };
    expect(poolIsStale({ ...evidence, tables: 'wanted' })).toBe(false);
    expect(
      poolIsStale({ ...evidence, pooled: answered({ session: 'another role' }), tables: 'wanted' }),
    ).toBe(true);
  });
});
