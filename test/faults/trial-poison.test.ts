import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { eventually } from '../fixtures/eventually.js';
import { createWorkflow, execute } from '../fixtures/platform.js';
import type { Fault, Verdict } from './harness/fault.js';
import { look } from './harness/observe.js';
import { proveFaults } from './harness/prove.js';
import { preload } from './harness/sabotage.js';
import type { Env, Stack } from './harness/stack.js';

const poison = (says: RegExp): Verdict => ({
  ready: true,
  heartbeat: 'fail',
  health: 'fail',
  check: 'worker',
  code: 'jobs.poison',
  restart: 'useless',
  target: 'worker',
  says,
});
const RESTART_MS = 1000;
/** So long, and so many further deaths, it is watched. */
const STEADY_MS = 12_000;
const DEATHS = 2;
const PATIENCE_MS = 60_000;

/** Starts the worker again a second after it died, as any supervisor would. */
class Keeper {
  private keeping = true;
  private starting: Promise<void> = Promise.resolve();
  lives = 0;

  constructor(
    private readonly stack: Stack,
    private readonly env: Env,
    private readonly between: () => Promise<void> = () => Promise.resolve(),
  ) {
    stack.onEnd(() => this.stop());
    void this.keep();
  }

  stop(): void {
    this.keeping = false;
  }

  /** Afterwards no worker lives, and none is about to. */
  async end(): Promise<void> {
    this.stop();
    await this.starting;
    await this.stack.consumer.kill();
  }

  private async keep(): Promise<void> {
    for (;;) {
      await this.stack.consumer.exited;
      if (!this.keeping) return;
      this.lives += 1;
      await this.between();
      await sleep(RESTART_MS);
      if (!this.keeping) return;
      // One that dies at once has not been ready.
      this.starting = this.stack.startWorker(this.env).catch(() => undefined);
      await this.starting;
    }
  }
}

function queueOf(stack: Stack): Queue {
  const queue = new Queue('execution', { connection: { host: stack.redis.host, port: stack.redis.port } });
  queue.on('error', () => undefined);
  stack.onEnd(() => queue.close());
  return queue;
}

/** Whoever is told of it while workers come and go is told one thing. */
async function staysPoison(stack: Stack): Promise<void> {
  const began = performance.now();
  const seen = new Map<string, number>();
  const before = keeper?.lives ?? 0;
  const deaths = () => (keeper?.lives ?? 0) - before;
  while (performance.now() - began < (deaths() < DEATHS ? PATIENCE_MS : STEADY_MS)) {
    const { heartbeat, health } = await look(stack);
    for (const code of [heartbeat.json.status.code, health.json.checks.worker.code] as string[])
      seen.set(code, (seen.get(code) ?? 0) + 1);
    await sleep(40);
  }
  if (seen.size !== 1) throw new Error(`it flaps: ${JSON.stringify([...seen])}`);
  if (deaths() < DEATHS) throw new Error(`${deaths()} workers died meanwhile: nothing was proven`);
}

let keeper: Keeper | undefined;
let job = '';

const SHORT_LOCKS = { LOCK_MS: '1500', STALLED_MS: '1000', MAX_STALLED: '1000' };

proveFaults('H. found by trial: poison', [
  {
    id: 'H10a',
    title: 'a job kills its worker each time',
    given: { consumer: 'plain', worker: SHORT_LOCKS },
    expected: poison(/^Job \d+ of queue execution has ended \d+ workers/),
    detectWithinMs: 30_000,
    witness: 'three workers, one after the other, that die with the job in their hands',
    recoverWithinMs: 8000,
    inject: async (stack) => {
      keeper = new Keeper(stack, {});
      job = (await queueOf(stack).add('kills', {})).id ?? '';
    },
    during: staysPoison,
    heal: async (stack) => {
      await keeper?.end();
      const queue = queueOf(stack);
      await eventually(async () => (await queue.remove(job)) === 1, {
        timeoutMs: 10_000,
        what: 'the end of its lock',
      });
      await stack.startWorker();
    },
  },
  {
    id: 'H10b',
    title: 'an execution kills its worker each time, and is queued again as its next attempt',
    expected: poison(/an attempt at execution/),
    detectWithinMs: 60_000,
    witness: 'three workers that die with an attempt at the execution in their hands, one every 10 s',
    recoverWithinMs: 30_000,
    inject: async (stack) => {
      // What was left of the attempt is lost each time, so that the reconciler queues the next one.
      const redis = stack.redis.client();
      const forget = async () => {
        const active = await redis.lrange('bull:execution:active', 0, -1);
        for (const id of active) await redis.del(`bull:execution:${id}`, `bull:execution:${id}:lock`);
        await redis.del('bull:execution:active');
      };
      const workflow = await createWorkflow(stack.api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
      await stack.consumer.stop();
      keeper = new Keeper(stack, preload('die-of-jobs'), forget);
      await execute(stack.api, workflow);
    },
    during: staysPoison,
    heal: async (stack) => {
      await keeper?.end();
      // A mended processor: it is given the next attempt, and ends it.
      await stack.startWorker();
    },
  },
] satisfies Fault[]);
