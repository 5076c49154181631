import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { createWorkflow, execute, OPERATOR, Platform } from '../fixtures/platform.js';
import type { Fault } from './harness/fault.js';
import { look } from './harness/observe.js';
import { proveFaults } from './harness/prove.js';
import { keep } from './harness/records.js';
import type { Stack } from './harness/stack.js';

/** One 0.8 s after the other, until it is told to stop. */
class Sleeper {
  private redis: Redis | undefined;

  start(redis: Redis): void {
    this.redis = redis;
    const again = (): void => void redis.call('DEBUG', 'SLEEP', '0.8').then(again, () => undefined);
    again();
  }

  stop(): void {
    this.redis?.disconnect();
  }
}

const sleeper = new Sleeper();
const STEADY_MS = 25_000;
/** Of the processes of the test, on a machine that they share with it. */
const OWN_LOAD = ['event-loop', 'memory'];
let before = '';

/** What every check but `queue` says, and whether the api is ready. */
async function others(stack: Stack): Promise<string> {
  const { readyz, ready, health, heartbeat } = await look(stack);
  const checks = Object.entries(health.json.checks as Record<string, { code: string; details?: unknown }>)
    .filter(([key]) => key !== 'queue' && !OWN_LOAD.includes(key))
    .map(([key, { code }]) => `${key} ${code}`);
  return [readyz.status, ready.status, heartbeat.status, ...checks.toSorted()].join(', ');
}

/** A slow Redis is one thing to be told, and hides nothing else, nor does it look like anything else. */
async function onlyTheQueueTells(stack: Stack): Promise<void> {
  const until = performance.now() + STEADY_MS;
  const seen = new Map<string, number>();
  while (performance.now() < until) {
    const said = await others(stack);
    if (said !== before) seen.set(said, (seen.get(said) ?? 0) + 1);
    await sleep(40);
  }
  if (seen.size > 0) throw new Error(`it was\n${before}\nand became\n${[...seen].map(String).join('\n')}`);
}

const faults: Fault[] = [
  {
    id: 'H7',
    title: 'Redis is slow',
    given: { redis: ['--enable-debug-command', 'local'] },
    expected: {
      ready: true,
      heartbeat: 'pass',
      health: 'warn',
      check: 'queue',
      code: 'redis.slow',
      restart: 'useless',
      target: 'worker',
      says: /\d+ of the last \d+ looks/,
    },
    detectWithinMs: 15_000,
    recoverWithinMs: 20_000,
    inject: async (stack) => {
      before = await others(stack);
      sleeper.start(stack.redis.client());
    },
    during: onlyTheQueueTells,
    heal: async () => sleeper.stop(),
  },
];

proveFaults('H. Found by trial: Redis', faults);

describe('H17: an unusable setting', () => {
  it.each(['valkey ://x', 'redis://user:12/ss@127.0.0.1', '"redis://127.0.0.1"'])(
    'REDIS_URL=%s: nothing is connected to, no job is taken, and everybody says so',
    async (url) => {
      const platform = await Platform.create();
      const { host, port } = platform.redis;
      const queue = new Queue('execution', { connection: { host, port } });
      await queue.addBulk(Array.from({ length: 20 }, (_, index) => ({ name: 'theirs', data: { index } })));
      // What stood in for it until now: another address of the settings, and the default prefix and queue.
      const env = { REDIS_URL: url, QUEUE_REDIS_HOST: host, QUEUE_REDIS_PORT: String(port) };
      const began = performance.now();
      const [api, worker] = await Promise.all([platform.api(env), platform.worker(env)]);
      const says = (code: string) => (reply: { text: string }) => reply.text.includes(code);
      await api.until('/readyz', says('queue.not_configured'), { headers: OPERATOR });
      await worker.until('/readyz', says('queue.not_configured'), { headers: OPERATOR });
      const heartbeat = await api.until('/api/production/queue/heartbeat', says('worker.queue_failing'), {
        headers: OPERATOR,
      });
      expect(heartbeat).toMatchObject({
        status: 503,
        json: { queueHealth: { status: 'fail', durable: false } },
      });
      const health = await api.get('/api/production/health', OPERATOR);
      expect(health).toMatchObject({
        status: 503,
        json: { checks: { queue: { code: 'queue.not_configured' } } },
      });
      expect(health.text).not.toContain('12/ss');
      const ready = await api.get('/api/production/ready', OPERATOR);
      expect(ready).toMatchObject({ status: 503, json: { ready: false, checks: { queue: false } } });
      const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
      const refused = await execute(api, workflow);
      expect(refused).toMatchObject({ status: 503, json: { code: 'queue.not_configured' } });
      expect((await worker.get('/livez')).status).toBe(200);
      expect(await queue.getWaitingCount()).toBe(20);
      const names = String(await platform.redis.command('CLIENT', 'LIST'));
      expect(names).not.toContain('probity:');
      await queue.close();
      keep({
        id: 'H17',
        title: `an unusable setting: ${url}`,
        outcome: 'seen',
        expected: {
          ready: false,
          heartbeat: 'fail',
          health: 'fail',
          check: 'queue',
          code: 'queue.not_configured',
          restart: 'useless',
          target: 'worker',
        },
        seen: { code: health.json.checks.queue.code, message: health.json.checks.queue.message },
        witness: null,
        detectedMs: Math.round(performance.now() - began),
        detectWithinMs: 10_000,
        recoveredMs: 0,
        recoverWithinMs: 0,
        naive: 'catches',
      });
    },
    120_000,
  );
});
