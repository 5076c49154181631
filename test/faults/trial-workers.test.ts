import { existsSync } from 'node:fs';
import { Queue } from 'bullmq';
import { eventually } from '../fixtures/eventually.js';
import { OPERATOR } from '../fixtures/platform.js';
import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const verdict = (
  status: 'warn' | 'fail',
  code: string,
  restart: Verdict['restart'] = 'useless',
): Verdict => ({
  ready: true,
  heartbeat: status,
  health: status,
  check: 'worker',
  code,
  restart,
  target: 'worker',
});
/** The settings of the stack; see QUICK. */
const MAX_WAIT_MS = 4000;
const PLAIN = { consumer: 'plain' } as const;

function queueOf(stack: Stack): Queue {
  const queue = new Queue('execution', { connection: { host: stack.redis.host, port: stack.redis.port } });
  queue.on('error', () => undefined);
  stack.onEnd(() => queue.close());
  return queue;
}

const FAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
].find((path) => existsSync(path));
const needsFaketime = () => (FAKETIME === undefined ? 'Debian package faketime is not installed' : undefined);

async function restartWorker(stack: Stack, env: Record<string, string> = {}): Promise<void> {
  await stack.consumer.kill();
  await stack.startWorker(env);
}

const offBy = (by: string) => ({
  LD_PRELOAD: FAKETIME ?? '',
  FAKETIME: by,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});

proveFaults('H. found by trial: workers', [
  {
    id: 'H1',
    title: 'rate limit reached',
    expected: { ...verdict('warn', 'queue.limited'), says: /the next job may start in/ },
    detectWithinMs: MAX_WAIT_MS + 2000,
    witness: `a job that waits for longer than ${MAX_WAIT_MS} ms`,
    recoverWithinMs: 5000,
    given: PLAIN,
    inject: async (stack) => {
      const queue = queueOf(stack);
      await queue.setGlobalRateLimit(1, 90_000);
      const options = { removeOnComplete: true };
      await queue.addBulk([1, 2].map(() => ({ name: 'fine', data: {}, opts: options })));
    },
    heal: async (stack) => {
      const queue = queueOf(stack);
      await queue.removeGlobalRateLimit();
      await queue.removeRateLimitKey();
      // It sleeps for half a minute at most before it asks again.
      await restartWorker(stack);
    },
  },
  {
    id: 'H2a',
    title: "a worker's clock is an hour behind, and a job is late by it",
    given: PLAIN,
    expected: verdict('fail', 'worker.clock_skewed_late'),
    detectWithinMs: MAX_WAIT_MS + 4000,
    witness: 'a delayed job that is due',
    recoverWithinMs: 5000,
    canInject: needsFaketime,
    inject: async (stack) => {
      await restartWorker(stack, offBy('-1h'));
      await queueOf(stack).add('fine', {}, { delay: 500, removeOnComplete: true });
    },
    heal: (stack) => restartWorker(stack),
  },
  {
    id: 'H2b',
    title: "a worker's clock is an hour ahead",
    given: PLAIN,
    expected: verdict('warn', 'worker.clock_skewed'),
    detectWithinMs: 4000,
    recoverWithinMs: 5000,
    canInject: needsFaketime,
    inject: (stack) => restartWorker(stack, offBy('+1h')),
    heal: (stack) => restartWorker(stack),
  },
  {
    id: 'H13',
    title: 'run() was never called',
    given: PLAIN,
    expected: verdict('fail', 'worker.not_running'),
    detectWithinMs: 10_000,
    recoverWithinMs: 5000,
    inject: (stack) => restartWorker(stack, { AUTORUN: 'false' }),
    heal: (stack) => restartWorker(stack),
  },
  {
    id: 'H14',
    title: 'scaled to zero on purpose, and then a job waits for too long',
    given: { ...PLAIN, settings: { WORKERS_MIN: '0' } },
    expected: verdict('fail', 'worker.stopped', 'helps'),
    detectWithinMs: MAX_WAIT_MS + 2000,
    witness: `a job that waits for longer than ${MAX_WAIT_MS} ms`,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      stack.consumer.signal('SIGTERM');
      await stack.consumer.exited;
      await stack.api.until(
        '/api/production/queue/heartbeat',
        ({ status, json }) => status === 200 && json.status.code === 'worker.scaled_to_zero',
        { headers: OPERATOR, timeoutMs: 5000, what: 'a queue that is scaled to zero' },
      );
      await queueOf(stack).add('fine', {}, { removeOnComplete: true });
    },
    heal: (stack) => stack.startWorker(),
  },
  {
    id: 'H19',
    title: 'a heartbeat is overdue: the worker is frozen for less than its timeout',
    given: {
      ...PLAIN,
      settings: { WORKER_HEARTBEAT_INTERVAL_MS: '2000', WORKER_HEARTBEAT_TIMEOUT_MS: '30000' },
    },
    expected: { ...verdict('warn', 'worker.late'), says: /busy, frozen or cut off/ },
    detectWithinMs: 5000,
    witness: 'a heartbeat that is missing',
    recoverWithinMs: 5000,
    inject: async (stack) => {
      await eventually(async () => (await queueOf(stack).getActiveCount()) === 0);
      stack.consumer.signal('SIGSTOP');
    },
    heal: (stack) => Promise.resolve(stack.consumer.signal('SIGCONT')),
  },
] satisfies Fault[]);
