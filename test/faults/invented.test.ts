import pg from 'pg';
import { describe, expect, it } from '@jest/globals';
import { createWorkflow, ended, execute, OPERATOR } from '../fixtures/platform.js';
import type { TestProcess } from '../fixtures/process.js';
import type { Fault, Verdict } from './harness/fault.js';
import { callModel } from './harness/call-model.js';
import { proveFaults } from './harness/prove.js';
import { Stack } from './harness/stack.js';

const databaseWarns = (code: string): Verdict => ({
  ready: true,
  heartbeat: null,
  health: 'warn',
  check: 'database',
  code,
  restart: 'harmful',
  target: 'self',
});
const workerFails = (code: string, restart: Verdict['restart']): Verdict => ({
  ready: true,
  heartbeat: 'fail',
  health: 'fail',
  check: 'worker',
  code,
  restart,
  target: 'worker',
});
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };
const KNOCKS = { detectWithinMs: 17_000, recoverWithinMs: 5000, witness: 'a fresh connection every 15 s' };

/** So many connections to PostgreSQL that are never given back. */
async function occupy(stack: Stack): Promise<void> {
  const held: pg.Client[] = [];
  let stopped = false;
  const takeOne = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: stack.database.url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      held.push(client);
      return true;
    } catch {
      return false;
    }
  };
  stack.onEnd(async () => {
    stopped = true;
    await Promise.all(held.map((client) => client.end()));
  });
  while (await takeOne());
  // Whatever is given back is taken as well.
  const goOn = async (): Promise<void> => {
    while (!stopped) if (!(await takeOne())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  void goOn();
}

let second: TestProcess | undefined;
let databaseAdmin: pg.Client | undefined;

proveFaults('X. faults that are in no catalogue', [
  {
    id: 'X6',
    title: 'the worker was given the names of other queues',
    expected: workerFails('worker.stopped', 'helps'),
    ...SOON,
    inject: async (stack) => {
      await stack.consumer.stop();
      await stack.startWorker({ QUEUE_NAMES: 'exceution' });
    },
    heal: async (stack) => {
      await stack.consumer.stop();
      await stack.startWorker();
    },
  },
  {
    id: 'X8',
    title: 'PostgreSQL takes no further connection',
    given: { postgres: { max_connections: '30' } },
    expected: databaseWarns('database.connection_limit_reached'),
    ...KNOCKS,
    inject: occupy,
    heal: (stack) => stack.ended(),
  },
  {
    id: 'X9',
    title: 'the password of the database is rotated',
    given: { postgres: {} },
    expected: databaseWarns('database.credentials_rotated'),
    ...KNOCKS,
    inject: async ({ postgres }) => {
      databaseAdmin = new pg.Client({ connectionString: postgres.url });
      await databaseAdmin.connect();
      await databaseAdmin.query(`ALTER ROLE CURRENT_USER PASSWORD 'after'`);
    },
    heal: async ({ postgres }) => {
      await databaseAdmin?.query(`ALTER ROLE CURRENT_USER PASSWORD '${new URL(postgres.url).password}'`);
      await databaseAdmin?.end();
    },
  },
  {
    id: 'X11',
    title: 'something else answers 200 where the provider was',
    expected: {
      ready: false,
      heartbeat: 'pass',
      health: 'fail',
      check: 'llm',
      code: 'llm.unexpected_answer',
      restart: 'useless',
      target: 'self',
    },
    ...SOON,
    // That its models cannot be listed says nothing of completions; what a real call gets does.
    witness: 'the real calls of the worker',
    inject: async (stack) => {
      stack.provider.behave('html');
      await askProvider(stack);
      await callModel(stack);
    },
    heal: async (stack) => {
      stack.provider.behave('well');
      await askProvider(stack);
      await callModel(stack);
    },
  },
  {
    id: 'X14',
    title: 'two workers with one WORKER_ID',
    given: { consumer: 'plain' },
    expected: { ...workerFails('worker.duplicate_id', 'useless'), heartbeat: 'warn', health: 'warn' },
    ...SOON,
    detectWithinMs: 12_000,
    witness: 'beats of two lives, one after the other',
    recoverWithinMs: 14_000,
    inject: async (stack) => {
      const first = stack.plain;
      // Not in step with the first: of two that are, one may overwrite the other each time before anybody looks.
      await stack.startWorker({ WORKER_HEARTBEAT_INTERVAL_MS: '430' });
      second = stack.plain;
      stack.plain = first;
    },
    heal: async () => void (await second?.stop()),
  },
] satisfies Fault[]);

async function askProvider({ api, provider }: Stack): Promise<void> {
  const before = provider.requests.length;
  await api.until('/readyz?fresh', () => provider.requests.length > before, {
    headers: OPERATOR,
    what: 'a question to the provider',
  });
}

describe('X15: a worker whose clock is an hour ahead', () => {
  it('is named, and works as any other', async () => {
    const stack = await Stack.start({ sabotage: { in: 'worker', how: 'skew' } });
    try {
      const heartbeat = await stack.api.until(
        '/api/production/queue/heartbeat',
        ({ json }) => json.status.code === 'worker.clock_skewed',
        { headers: OPERATOR, what: 'a skewed clock in the heartbeat' },
      );
      expect(heartbeat.json.status).toMatchObject({ status: 'warn', restart: 'useless' });
      const [skewed] = heartbeat.json.status.details.skewedClocks as { workerId: string; skewMs: number }[];
      expect(skewed?.workerId).toBe('worker-1');
      expect(Math.abs((skewed?.skewMs ?? 0) - 3_600_000)).toBeLessThan(5000);
      const workflow = await createWorkflow(stack.api, [{ id: 'pause', kind: 'delay', ms: 10 }]);
      const { json } = await execute(stack.api, workflow);
      expect(await ended(stack.api, json.id as string)).toMatchObject({ status: 'succeeded' });
    } finally {
      await stack.stop();
    }
  }, 60_000);
});
