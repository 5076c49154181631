import type { Fault, Verdict } from './harness/fault.js';
import { emptyDisk, fillDisk, mountingIsPossible } from './harness/disk.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const broken = (code: string, restart: Verdict['restart'] = 'useless'): Verdict => ({
  ready: false,
  heartbeat: null,
  health: 'fail',
  check: 'database',
  code,
  restart,
  target: 'self',
});
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };
const OWN = { postgres: {} };

const reload = (stack: Stack) => stack.postgres.query('SELECT pg_reload_conf()');

/** Pids of the backends that serve the pool of the api. */
async function poolOf(stack: Stack): Promise<number[]> {
  const rows = await stack.postgres.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name LIKE '%api%' AND application_name NOT LIKE '%check%'`,
  );
  return rows.map(({ pid }) => pid);
}

let frozenServer: readonly number[] = [];

proveFaults('D. PostgreSQL', [
  {
    id: 'D1',
    title: 'hot standby',
    given: OWN,
    expected: broken('database.in_recovery'),
    ...SOON,
    inject: async ({ postgres }) => {
      await postgres.stop();
      postgres.becomeStandby();
      await postgres.restart();
    },
    heal: async ({ postgres }) => void (await postgres.query('SELECT pg_promote()')),
  },
  {
    id: 'D2',
    title: 'read-only primary',
    given: OWN,
    expected: broken('database.read_only'),
    ...SOON,
    inject: async (stack) => {
      await stack.postgres.query('ALTER SYSTEM SET default_transaction_read_only = on');
      await reload(stack);
    },
    heal: async (stack) => {
      await stack.postgres.query('ALTER SYSTEM RESET default_transaction_read_only');
      await reload(stack);
    },
  },
  {
    id: 'D3',
    title: 'own pool exhausted',
    given: { sabotage: { in: 'api', how: 'leak-pool' } },
    expected: broken('database.pool_exhausted', 'helps'),
    detectWithinMs: 4000,
    recoverWithinMs: 5000,
    inject: (stack) => stack.toggle('on'),
    // A restart helps, it says: so be it.
    heal: async (stack) => {
      await stack.api.process.kill();
      await stack.startApi();
    },
  },
  {
    id: 'D5a',
    title: 'a table is gone',
    given: OWN,
    expected: broken('database.table_missing'),
    ...SOON,
    inject: async (stack) => void (await stack.database.query('ALTER TABLE workers RENAME TO gone')),
    heal: async (stack) => void (await stack.database.query('ALTER TABLE gone RENAME TO workers')),
  },
  {
    id: 'D5b',
    title: 'a newer migration was not applied',
    given: OWN,
    expected: broken('database.migrations_pending'),
    ...SOON,
    inject: async ({ database }) => {
      await database.query('CREATE TABLE kept AS SELECT * FROM probity_migrations');
      await database.query(
        'DELETE FROM probity_migrations WHERE id = (SELECT max(id) FROM probity_migrations)',
      );
    },
    heal: async ({ database }) => {
      await database.query('INSERT INTO probity_migrations SELECT * FROM kept ORDER BY id DESC LIMIT 1');
      await database.query('DROP TABLE kept');
    },
  },
  {
    id: 'D7',
    title: 'backends frozen',
    given: OWN,
    expected: broken('database.pool_hanging', 'helps'),
    detectWithinMs: 4000,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      const frozen = await poolOf(stack);
      if (frozen.length === 0) throw new Error('the api has no connection to freeze');
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
      stack.onEnd(() => thaw(frozen));
    },
    heal: async (stack) => {
      await stack.api.process.kill();
      await stack.startApi();
    },
  },
  {
    id: 'D7b',
    title: 'the whole server frozen',
    given: OWN,
    expected: broken('database.unresponsive'),
    detectWithinMs: 7000,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      const rows = await stack.postgres.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
      frozenServer = [stack.postgres.pid, ...rows.map(({ pid }) => pid)];
      stack.onEnd(() => thaw(frozenServer));
      for (const pid of frozenServer) freeze(pid);
    },
    heal: async () => thaw(frozenServer),
  },
  {
    id: 'D8',
    title: 'disk full',
    given: { postgres: {}, postgresDiskMb: 160 },
    expected: broken('database.disk_full'),
    witness: 'a fresh connection every 15 s',
    detectWithinMs: 17_000,
    recoverWithinMs: 5000,
    canInject: mountingIsPossible,
    inject: async ({ postgres }) => fillDisk(postgres.dataDir),
    heal: async ({ postgres }) => emptyDisk(postgres.dataDir),
  },
] satisfies Fault[]);

function freeze(pid: number): void {
  try {
    process.kill(pid, 'SIGSTOP');
  } catch {
    // The connection that asked for the list has ended.
  }
}

function thaw(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It ended meanwhile.
    }
  }
}
