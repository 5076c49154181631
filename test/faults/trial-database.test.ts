import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const broken = (code: string): Verdict => ({
  ready: false,
  heartbeat: null,
  health: 'fail',
  check: 'database',
  code,
  restart: 'useless',
  target: 'self',
});

let held: { release(): Promise<void> } | undefined;

const locks = (table: string, mode = 'ACCESS EXCLUSIVE'): Pick<Fault, 'inject' | 'heal'> => ({
  inject: async (stack) => {
    held = await stack.hold(`LOCK TABLE ${table} IN ${mode} MODE`);
  },
  heal: async () => held?.release(),
});

/** Ends every session but the one that asks, so that the next ones begin with what is set now. */
async function cutSessions({ postgres }: Stack): Promise<void> {
  await postgres.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
}

const WITHIN = { detectWithinMs: 10_000, recoverWithinMs: 5000 };

proveFaults('H. Found by trial: the database', [
  {
    id: 'H8',
    title: 'what accepting needs is locked',
    expected: { ...broken('database.locked'), says: /accept executions/ },
    ...WITHIN,
    ...locks('executions'),
  },
  {
    id: 'H8b',
    title: 'another table that accepting needs is locked, against writing only',
    expected: { ...broken('database.locked'), says: /accept executions/ },
    ...WITHIN,
    ...locks('workflows', 'SHARE'),
  },
  {
    id: 'H9',
    title: 'read-only, and then no more',
    given: { postgres: {} },
    expected: broken('database.read_only'),
    ...WITHIN,
    inject: async (stack) => {
      await stack.postgres.query('ALTER DATABASE probity SET default_transaction_read_only = on');
      await cutSessions(stack);
    },
    heal: async ({ postgres }) =>
      void (await postgres.query(
        'BEGIN; SET TRANSACTION READ WRITE; ALTER DATABASE probity RESET default_transaction_read_only; COMMIT',
      )),
  },
] satisfies Fault[]);
