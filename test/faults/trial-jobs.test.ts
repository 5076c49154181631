import { Queue } from 'bullmq';
import { eventually } from '../fixtures/eventually.js';
import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Env, Stack } from './harness/stack.js';

const jobs = (code: string, health: Verdict['health'], says?: RegExp): Verdict => ({
  ready: true,
  heartbeat: 'pass',
  health,
  check: 'jobs',
  code,
  restart: 'useless',
  target: 'worker',
  ...(says === undefined ? {} : { says }),
});
const PLAIN = { consumer: 'plain' } as const;
/** The allowed wait of the stack, see QUICK. */
const WAIT_MS = 4000;

function queueOf(stack: Stack): Queue {
  const queue = new Queue('execution', { connection: { host: stack.redis.host, port: stack.redis.port } });
  queue.on('error', () => undefined);
  stack.onEnd(() => queue.close());
  return queue;
}

async function restartWorker(stack: Stack, env: Env): Promise<void> {
  await stack.consumer.kill();
  await stack.startWorker(env);
}

let feeding: NodeJS.Timeout | undefined;

proveFaults('H. found by trial: jobs', [
  {
    id: 'H4',
    title: 'locks are not renewed, so jobs run twice, and then end as failed',
    given: PLAIN,
    expected: jobs('jobs.doubled', 'warn', /runs more than once at a time/),
    detectWithinMs: 14_000,
    witness: 'a lock of 3 s that nobody renews, and a stalled check every 3 s',
    recoverWithinMs: 12_000,
    inject: async (stack) => {
      const never = { LOCK_MS: '3000', LOCK_RENEW_MS: '60000', STALLED_MS: '3000', WORKER_CONCURRENCY: '3' };
      await restartWorker(stack, never);
      await queueOf(stack).add('pauses', { ms: 12_000 });
    },
    then: [
      {
        title: 'and fail as stalled',
        expected: jobs('jobs.doubled_failed', 'fail', /failed as stalled/),
        detectWithinMs: 6000,
        // When BullMQ has had enough is its own affair; from then on it can be seen.
        inject: async (stack) => {
          const queue = queueOf(stack);
          const failed = async () => (await queue.getFailedCount()) > 0;
          await eventually(failed, { timeoutMs: 90_000, what: 'the failure of the job' });
        },
      },
    ],
    heal: (stack) => restartWorker(stack, { STALLED_MS: '1000' }),
  },
  {
    id: 'H5',
    title: 'a scheduler that is dead',
    given: PLAIN,
    expected: jobs('queue.scheduler_dead', 'warn', /nightly/),
    detectWithinMs: WAIT_MS + 6000,
    witness: `a past score in \`repeat\` without its job, for longer than ${WAIT_MS} ms, looked for every 5 s`,
    recoverWithinMs: 8000,
    inject: async (stack) => {
      // Its first run is the next tenth second, and the job that it would be is lost before that.
      await queueOf(stack).upsertJobScheduler('nightly', { pattern: '*/10 * * * * *' });
      const redis = stack.redis.client();
      await eventually(async () => {
        const due = await redis.zscore('bull:execution:repeat', 'nightly');
        const job = `repeat:nightly:${due ?? ''}`;
        const removed = await redis.zrem('bull:execution:delayed', job);
        await redis.del(`bull:execution:${job}`);
        return removed === 1;
      });
      await eventually(
        async () => Number(await redis.zscore('bull:execution:repeat', 'nightly')) < Date.now(),
        { timeoutMs: 12_000, what: 'the run that is past' },
      );
    },
    heal: async (stack) => void (await queueOf(stack).removeJobScheduler('nightly')),
  },
  {
    id: 'H11',
    title: 'starved jobs: LIFO with a filled worker',
    given: PLAIN,
    expected: {
      ...jobs('queue.backlog', 'warn', /has waited for .* longer than QUEUE_MAX_WAIT_MS/),
      heartbeat: 'warn',
      check: 'worker',
    },
    detectWithinMs: WAIT_MS + 4000,
    witness: `a job that waits for longer than ${WAIT_MS} ms`,
    recoverWithinMs: 10_000,
    inject: async (stack) => {
      const queue = queueOf(stack);
      const add = () => queue.add('pauses', { ms: 200 }, { lifo: true, removeOnComplete: true });
      for (let n = 0; n < 5; n++) await add();
      // As many come as are worked off: the last one is always the next.
      feeding = setInterval(() => void add().catch(() => undefined), 150);
      stack.onEnd(() => clearInterval(feeding));
    },
    heal: async (stack) => {
      clearInterval(feeding);
      await queueOf(stack).drain();
    },
  },
  {
    id: 'H18',
    title: 'a background duty stands still',
    expected: {
      ready: true,
      heartbeat: null,
      health: 'fail',
      check: 'reconciler',
      code: 'reconciler.stalled',
      restart: 'useless',
      target: 'self',
    },
    detectWithinMs: 7000,
    witness: 'a look at the progress of the reconciler, every 5 s',
    recoverWithinMs: 10_000,
    inject: async ({ database }) => void (await database.query('DELETE FROM execution_sweep')),
    heal: async ({ database }) => void (await database.query('INSERT INTO execution_sweep DEFAULT VALUES')),
  },
] satisfies Fault[]);
