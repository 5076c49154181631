import { expect } from '@jest/globals';
import { CANARY_JOB } from '@probity/worker/wire';
import { FlowProducer, Queue } from 'bullmq';
import { eventually } from '../fixtures/eventually.js';
import { OPERATOR } from '../fixtures/platform.js';
import type { Fault, Verdict } from './harness/fault.js';
import { Network, networksArePossible } from './harness/network.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const offline = (code: string, restart: Verdict['restart'] = 'helps', says?: RegExp): Verdict => ({
  ready: true,
  heartbeat: 'fail',
  health: 'fail',
  check: 'worker',
  code,
  restart,
  target: 'worker',
  ...(says === undefined ? {} : { says }),
});
const warned = (code: string, restart: Verdict['restart'] = 'useless'): Verdict => ({
  ...offline(code, restart),
  heartbeat: 'warn',
  health: 'warn',
});
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };
/** The settings of the stack; see QUICK. */
const WEDGED_AFTER_MS = 3000;
const SILENT_AFTER_MS = 3000;
const PLAIN = { consumer: 'plain' } as const;

/** The queue, as a producer of the user has it. */
function queueOf(stack: Stack): Queue {
  const queue = new Queue('execution', { connection: connectionOf(stack) });
  queue.on('error', () => undefined);
  stack.onEnd(() => queue.close());
  return queue;
}

const connectionOf = ({ redis }: Stack) => ({ host: redis.host, port: redis.port });

async function restartWorker(stack: Stack): Promise<void> {
  await stack.consumer.kill();
  await stack.startWorker();
}

/** Work that nobody does: what is in the queue has to be gone for all to be well again. */
const work = async (stack: Stack, name = 'fine') => {
  const job = await queueOf(stack).add(name, {}, { removeOnComplete: true });
  return job.id ?? '';
};

let hanging = '';
let orphan = '';
let network: Network;
const SEVERABLE = {
  consumer: 'plain',
  makeNetwork: () => (network = Network.create()),
} as const;

proveFaults('C. the worker lives and does not work', [
  {
    id: 'C1',
    title: 'no worker: killed with -9',
    expected: offline('worker.lost'),
    ...SOON,
    mute: ['worker'],
    inject: async (stack) => void (await stack.consumer.kill()),
    heal: (stack) => stack.startWorker(),
  },
  {
    id: 'C2',
    title: 'fetch loop wedged',
    given: { sabotage: { in: 'worker', how: 'wedge-fetch-loop' } },
    expected: offline('worker.wedged'),
    detectWithinMs: WEDGED_AFTER_MS + 2000,
    witness: `nothing picked up for ${WEDGED_AFTER_MS} ms`,
    recoverWithinMs: 5000,
    vetoes: 'worker',
    inject: async (stack) => {
      await stack.toggle('on');
      await work(stack);
    },
    during: async (stack) => {
      // Its own look at itself comes once a second.
      const own = await stack.worker?.until('/readyz', ({ status }) => status === 503, {
        headers: OPERATOR,
        timeoutMs: 3000,
      });
      expect(own?.json.checks.consumption).toMatchObject({
        code: 'consumption.wedged',
        restart: 'helps',
        restartTarget: 'self',
      });
    },
    heal: restartWorker,
  },
  {
    id: 'C3',
    title: 'half-open main connection',
    given: SEVERABLE,
    expected: offline('worker.wedged'),
    detectWithinMs: WEDGED_AFTER_MS + 2000,
    witness: `nothing picked up for ${WEDGED_AFTER_MS} ms`,
    recoverWithinMs: 5000,
    canInject: networksArePossible,
    inject: async (stack) => {
      network.cutConnection(await portOfMainConnection(stack), stack.redis.port);
      await work(stack);
    },
    heal: restartWorker,
  },
  {
    id: 'C4',
    title: 'worker partitioned',
    given: SEVERABLE,
    // From Redis it looks as if it were frozen: the advice is the same.
    expected: offline('worker.silent'),
    detectWithinMs: SILENT_AFTER_MS + 1000,
    witness: `the heartbeat timeout, ${SILENT_AFTER_MS} ms`,
    recoverWithinMs: 25_000,
    canInject: networksArePossible,
    inject: () => Promise.resolve(network.cut()),
    heal: () => Promise.resolve(network.mend()),
  },
  {
    id: 'C5',
    title: 'worker frozen',
    expected: offline('worker.silent'),
    detectWithinMs: SILENT_AFTER_MS + 1000,
    witness: `the heartbeat timeout, ${SILENT_AFTER_MS} ms`,
    recoverWithinMs: 5000,
    mute: ['worker'],
    inject: (stack) => Promise.resolve(stack.consumer.signal('SIGSTOP')),
    heal: restartWorker,
  },
  {
    id: 'C6',
    title: 'event loop blocked by a job',
    given: { ...PLAIN, worker: { LOCK_MS: '6000' }, settings: { WORKER_HEARTBEAT_TIMEOUT_MS: '20000' } },
    expected: warned('worker.loop_blocked', 'harmful'),
    detectWithinMs: 6000,
    witness: 'heartbeats that stop while a job runs',
    recoverWithinMs: 15_000,
    inject: async (stack) => {
      await queueOf(stack).add('spins', { ms: 12_000 });
      await eventually(async () => (await queueOf(stack).getActiveCount()) === 1);
    },
    heal: () => Promise.resolve(),
  },
  {
    id: 'C7',
    title: 'a job hangs for ever',
    given: {
      ...PLAIN,
      settings: { JOB_STUCK_AFTER_MS: '3000' },
      worker: { LOCK_MS: '2000', STALLED_MS: '1000' },
    },
    expected: offline('worker.job_stuck'),
    detectWithinMs: 3000 + 2000,
    witness: 'a job without progress for 3000 ms',
    recoverWithinMs: 5000,
    inject: async (stack) => {
      hanging = await work(stack, 'hangs');
    },
    then: [
      {
        title: 'and again after its retry',
        expected: offline('worker.job_stuck_again', 'useless'),
        detectWithinMs: 3000 + 2000 + 4000,
        inject: restartWorker,
      },
    ],
    heal: async (stack) => {
      await stack.consumer.kill();
      await stack.redis.command('DEL', `bull:execution:${hanging}:lock`);
      await queueOf(stack).remove(hanging);
      await stack.startWorker();
    },
  },
  {
    id: 'C9',
    title: 'every job fails fast',
    given: PLAIN,
    expected: { ...warned('jobs.failing'), check: 'jobs', heartbeat: 'pass', health: 'fail' },
    ...SOON,
    inject: async (stack) => {
      const queue = queueOf(stack);
      await queue.addBulk(Array.from({ length: 8 }, () => ({ name: 'throws', data: {} })));
      await eventually(async () => (await queue.getFailedCount()) === 8);
    },
    heal: async (stack) => {
      const queue = queueOf(stack);
      await queue.addBulk(Array.from({ length: 8 }, () => ({ name: 'fine', data: {} })));
      await eventually(async () => (await queue.getCompletedCount()) === 8);
    },
  },
  {
    id: 'C10',
    title: 'queue paused',
    expected: { ...warned('queue.paused'), says: /paused/ },
    ...SOON,
    inject: (stack) => queueOf(stack).pause(),
    heal: (stack) => queueOf(stack).resume(),
  },
  {
    id: 'C11',
    title: 'worker paused',
    given: { ...PLAIN, sabotage: { in: 'worker', how: 'pause' } },
    expected: offline('worker.paused', 'useless'),
    ...SOON,
    inject: (stack) => stack.toggle('on'),
    heal: (stack) => stack.toggle('off'),
  },
  {
    id: 'C14',
    title: 'overdue delayed jobs',
    expected: offline('worker.lost'),
    ...SOON,
    mute: ['worker'],
    inject: async (stack) => {
      await stack.consumer.kill();
      await queueOf(stack).add('fine', {}, { delay: 1000, removeOnComplete: true });
    },
    during: async (stack) => {
      const overdue = () =>
        stack.api.until(
          '/api/production/queue/heartbeat',
          ({ json }) => json.status.details.overdueDelayedMs > 0,
          { headers: OPERATOR, timeoutMs: 6000, what: 'overdue delayed jobs' },
        );
      await overdue();
      // A canary may have been on its way to the worker that died; it waits until it is withdrawn.
      const waiting = await queueOf(stack).getWaiting();
      expect(waiting.filter(({ name }) => name !== CANARY_JOB)).toEqual([]);
      const { execution } = (await overdue()).json.queueDepths;
      expect(execution).toMatchObject({ delayed: 1 });
      expect(execution.waiting).toBeLessThanOrEqual(waiting.length);
    },
    heal: (stack) => stack.startWorker(),
  },
  {
    id: 'C17',
    title: 'parent waits for a child that failed',
    given: PLAIN,
    expected: { ...warned('jobs.parent_waiting'), check: 'jobs', heartbeat: 'pass' },
    detectWithinMs: 12_000,
    witness: 'a look at waiting parents every 10 s',
    recoverWithinMs: 12_000,
    inject: async (stack) => {
      const flows = new FlowProducer({ connection: connectionOf(stack) });
      stack.onEnd(() => flows.close());
      const children = [{ name: 'throws', queueName: 'execution' }];
      const flow = await flows.add({ name: 'fine', queueName: 'execution', children });
      orphan = flow.job.id ?? '';
      await eventually(async () => (await queueOf(stack).getFailedCount()) === 1);
    },
    heal: async (stack) => void (await queueOf(stack).remove(orphan)),
  },
] satisfies Fault[]);

/** The one by which jobs are fetched and locks renewed; the other one only waits for a sign that there are jobs. */
async function portOfMainConnection(stack: Stack): Promise<number> {
  const list = String(await stack.redis.command('CLIENT', 'LIST'));
  const inside = list.split('\n').filter((line) => line.includes('addr=198.18.'));
  const own = inside.filter((line) => !line.includes('name=probity') && !/cmd=bzpopmin/.test(line));
  const port = /addr=[\d.]+:(\d+)/.exec(own[0] ?? '')?.[1];
  if (port === undefined || own.length !== 1) throw new Error(`no main connection among:\n${list}`);
  return Number(port);
}
