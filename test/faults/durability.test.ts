import { expect } from '@jest/globals';
import { CLIENT, createWorkflow, ended, execute, OPERATOR } from '../fixtures/platform.js';
import { RedisServer } from '../fixtures/redis.js';
import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const lost = (code: string, says?: RegExp): Verdict => ({
  ready: false,
  heartbeat: 'fail',
  health: 'fail',
  check: 'queue',
  code,
  restart: 'useless',
  target: 'worker',
  because: 'queue',
  ...(says === undefined ? {} : { says }),
});
const bounded = (code: string, says?: RegExp): Verdict => ({
  ready: true,
  heartbeat: 'pass',
  health: 'warn',
  check: 'queue',
  code,
  restart: 'useless',
  target: 'worker',
  ...(says === undefined ? {} : { says }),
});
const elsewhere: Verdict = {
  ready: true,
  heartbeat: 'fail',
  health: 'fail',
  check: 'worker',
  code: 'worker.different_queue',
  restart: 'useless',
  target: 'worker',
};
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };

const configure = async ({ redis }: Stack, settings: Record<string, string>): Promise<void> => {
  for (const [name, value] of Object.entries(settings)) await redis.command('CONFIG', 'SET', name, value);
};

/** Work that waits, so that a loss has something to lose; nobody works on it. */
let accepted: string | undefined;
let replica: RedisServer | undefined;
let held: { release(): Promise<void> } | undefined;

/** Accepts an execution. */
async function accept(stack: Stack): Promise<void> {
  const workflow = await createWorkflow(stack.api, [{ id: 'once', kind: 'transform', expression: '"kept"' }]);
  const reply = await execute(stack.api, workflow);
  if (reply.status !== 202) throw new Error(`not accepted: ${reply.text}`);
  accepted = reply.json.id as string;
}

/** From now on nothing can be put back, so that one can look. */
async function hold(stack: Stack): Promise<void> {
  held = await stack.hold('LOCK TABLE executions IN ACCESS EXCLUSIVE MODE');
}

async function finishes(stack: Stack): Promise<void> {
  await stack.startWorker({}, 'execution');
  expect(await ended(stack.api, accepted ?? '', 20_000)).toMatchObject({
    status: 'succeeded',
    result: 'kept',
  });
}

proveFaults('B. accepted, then lost or misdirected', [
  {
    id: 'B1a',
    title: 'persistence off',
    expected: lost('redis.persistence_off'),
    ...SOON,
    inject: (stack) => configure(stack, { appendonly: 'no' }),
    heal: (stack) => configure(stack, { appendonly: 'yes' }),
  },
  {
    id: 'B1b',
    title: 'snapshots without an append-only file',
    expected: bounded('redis.snapshots_only', /lost|lose/),
    ...SOON,
    inject: (stack) => configure(stack, { save: '3600 1', appendonly: 'no' }),
    heal: (stack) => configure(stack, { appendonly: 'yes', save: '' }),
  },
  {
    id: 'B1c',
    title: 'durability cannot be read (CONFIG refused)',
    given: {
      before: async ({ redis }) => {
        await redis.command('ACL', 'SETUSER', 'app', 'on', '>open-sesame-0001', '~*', '&*', '+@all');
        return { REDIS_URL: redis.url.replace('redis://', 'redis://app:open-sesame-0001@') };
      },
    },
    expected: bounded('redis.durability_unknown'),
    detectWithinMs: 7000,
    witness: 'CONFIG, asked every 5 s',
    recoverWithinMs: 7000,
    inject: async ({ redis }) => void (await redis.command('ACL', 'SETUSER', 'app', '-config')),
    heal: async ({ redis }) => void (await redis.command('ACL', 'SETUSER', 'app', '+config')),
  },
  {
    id: 'B2',
    title: 'Redis restarted empty',
    given: { consumer: 'none' },
    expected: lost('queue.data_lost'),
    ...SOON,
    prepare: accept,
    inject: async (stack) => {
      await hold(stack);
      await stack.redis.kill();
      await stack.redis.restart({ empty: true });
    },
    heal: async () => held?.release(),
    after: finishes,
  },
  {
    id: 'B3',
    title: 'FLUSHALL',
    given: { consumer: 'none' },
    expected: lost('queue.data_lost'),
    ...SOON,
    prepare: accept,
    inject: async (stack) => {
      await hold(stack);
      await stack.redis.command('FLUSHALL');
    },
    heal: async () => held?.release(),
    after: finishes,
  },
  {
    id: 'B4',
    title: 'eviction drops jobs',
    expected: lost('redis.eviction_policy', /allkeys-lru/),
    ...SOON,
    inject: (stack) => configure(stack, { 'maxmemory-policy': 'allkeys-lru' }),
    heal: (stack) => configure(stack, { 'maxmemory-policy': 'noeviction' }),
  },
  {
    id: 'B6',
    title: 'a producer while Redis is down',
    expected: lost('redis.unreachable'),
    ...SOON,
    inject: ({ redis }) => redis.kill(),
    during: async ({ api }) => {
      const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 10 }]);
      const before = performance.now();
      const refused = await execute(api, workflow);
      expect(refused.status).toBe(503);
      expect(performance.now() - before).toBeLessThan(1500);
      expect(refused.headers.get('retry-after')).not.toBeNull();
      const { json } = await api.get(`/api/executions?workflowId=${workflow}`, CLIENT);
      expect(json.items).toEqual([]);
    },
    heal: ({ redis }) => redis.restart(),
  },
  {
    id: 'B7',
    title: 'the replicas of a primary are gone',
    // Otherwise the primary waits 5 s for further replicas before it sends its data.
    given: { redis: ['--repl-diskless-sync-delay', '0'] },
    expected: bounded('redis.replicas_gone'),
    ...SOON,
    prepare: async (stack) => {
      replica = await RedisServer.start(['--replicaof', `127.0.0.1 ${stack.redis.port}`]);
      await stack.api.until(
        '/readyz/queue?verbose',
        (reply) => reply.json.details?.redis?.replicas === 1 && reply.json.status === 'pass',
        { headers: OPERATOR },
      );
    },
    inject: async () => void (await replica?.kill()),
    heal: async (stack) => {
      await replica?.restart();
      await stack.infoSays('state=online');
    },
  },
  {
    id: 'B9',
    title: 'API and worker on different Redis',
    expected: { ...elsewhere, says: /127\.0\.0\.1:\d+.*127\.0\.0\.1:\d+/ },
    detectWithinMs: 4000,
    witness: 'the identities in Postgres, compared every second',
    recoverWithinMs: 5000,
    inject: async (stack) => {
      const other = await RedisServer.start();
      await stack.consumer.stop();
      await stack.startWorker({ REDIS_URL: other.url });
    },
    heal: restartWorker,
  },
  {
    id: 'B11',
    title: 'API and worker with different prefixes',
    expected: { ...elsewhere, says: /prefix bull.*prefix prod|prefix prod.*prefix bull/ },
    detectWithinMs: 4000,
    witness: 'the identities in Postgres, compared every second',
    recoverWithinMs: 5000,
    inject: async (stack) => {
      await stack.consumer.stop();
      await stack.startWorker({ QUEUE_PREFIX: 'prod' });
    },
    heal: restartWorker,
  },
] satisfies Fault[]);

async function restartWorker(stack: Stack): Promise<void> {
  await stack.consumer.stop();
  await stack.startWorker();
}
