import { Worker } from 'bullmq';
import { TestDatabase } from '../fixtures/postgres.js';
import { createWorkflow, execute } from '../fixtures/platform.js';
import { Probity } from '../fixtures/probity.js';
import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import { migrate, type Stack } from './harness/stack.js';

const expected: Verdict = {
  ready: true,
  heartbeat: 'pass',
  health: 'warn',
  check: 'jobs',
  code: 'queue.foreign_consumer',
  restart: 'useless',
  target: 'worker',
  says: /connections that are not ours: bull:\S+ \(127\.0\.0\.1:\d+\)/,
};
/** A grace, a sweep of the reconciler, and a look at what it has found. */
const WITHIN = { detectWithinMs: 3000 + 5000 + 5000 + 2000, recoverWithinMs: 75_000 };

/** Both workers take jobs: some of many are taken by the foreign one. */
async function feed({ api }: Stack): Promise<void> {
  const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
  for (let n = 0; n < 20; n++) await execute(api, workflow);
}

/** Every execution is run all the same, by us. */
async function nothingIsLost({ database }: Stack): Promise<void> {
  const rows = await database.query<{ status: string; n: number }>(
    'SELECT status, count(*)::int AS n FROM executions GROUP BY status',
  );
  if (rows.length !== 1 || rows[0]?.status !== 'succeeded' || rows[0].n !== 20)
    throw new Error(`of 20 executions: ${JSON.stringify(rows)}`);
}

let thief: Worker | undefined;
let second: Probity | undefined;

proveFaults('H. found by trial: foreign consumers', [
  {
    id: 'H6a',
    title: 'somebody else takes jobs: a plain worker completes what it gets',
    expected,
    ...WITHIN,
    witness: 'jobs that end without their rows, in a sweep of the reconciler',
    inject: async (stack) => {
      const { host, port } = stack.redis;
      thief = new Worker('execution', () => Promise.resolve('mine'), {
        connection: { host, port, maxRetriesPerRequest: null },
        concurrency: 50,
      });
      thief.on('error', () => undefined);
      stack.onEnd(async () => void (await thief?.close(true)));
      await thief.waitUntilReady();
      await feed(stack);
    },
    heal: async () => void (await thief?.close(true)),
    after: nothingIsLost,
  },
  {
    id: 'H6b',
    title: 'somebody else takes jobs: a second deployment with its own database',
    expected,
    ...WITHIN,
    witness: 'jobs that end without their rows, in a sweep of the reconciler',
    inject: async (stack) => {
      const database = await TestDatabase.create();
      const env = { ...stack.env, DATABASE_URL: database.url, WORKER_ID: 'of-the-other' };
      await migrate(env);
      second = await Probity.worker(env);
      stack.onEnd(async () => void (await second?.process.kill()));
      await second.until('/readyz', ({ status }) => status === 200, { timeoutMs: 30_000 });
      await feed(stack);
    },
    heal: async () => void (await second?.process.stop()),
    after: nothingIsLost,
  },
] satisfies Fault[]);
