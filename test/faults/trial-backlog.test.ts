import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../fixtures/eventually.js';
import { createWorkflow, execute } from '../fixtures/platform.js';
import { slowCommands } from '../fixtures/slowlog.js';
import type { Fault } from './harness/fault.js';
import { look } from './harness/observe.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const JOBS = 300_000;
const AT_ONCE = 1000;
const SLOW_US = 5000;
const OWN = 'test:filler';
/** So long it is watched at a time, with a submission every so often. */
const WINDOW_MS = 8000;
const SUBMIT_EVERY_MS = 200;

/** Adds jobs as BullMQ does: the hash, and the place in the list. */
const ADD = `
for _, id in ipairs(ARGV) do
  local data = '{"executionId":"' .. id .. '","attempt":1}'
  redis.call('HSET', KEYS[1] .. id .. '-1', 'name', 'execution', 'data', data, 'opts', '{}', 'timestamp', '0', 'delay', '0', 'priority', '0')
  redis.call('LPUSH', KEYS[1] .. 'wait', id .. '-1')
end`;

let workflow = '';

/** Rows that were accepted a minute ago, each with its job. */
async function fill({ api, database, redis }: Stack): Promise<void> {
  workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 20 }]);
  const filler = redis.client({ connectionName: OWN });
  for (let made = 0; made < JOBS; made += 20 * AT_ONCE) {
    const rows = await database.query<{ id: string }>(
      `INSERT INTO executions (id, workflow_id, queue, accepted, input, request_hash, enqueued_at)
       SELECT gen_random_uuid(), $1, 'execution', true, '{}', 'x', now() - interval '1 minute'
       FROM generate_series(1, ${20 * AT_ONCE}) RETURNING id`,
      [workflow],
    );
    const ids = rows.map(({ id }) => id);
    for (let from = 0; from < ids.length; from += AT_ONCE)
      await filler.eval(ADD, 1, 'bull:execution:', ...ids.slice(from, from + AT_ONCE));
  }
}

/** Ready at each look, nothing refused, no command that takes long. */
async function goesOn(stack: Stack): Promise<void> {
  const redis = stack.redis.client({ connectionName: OWN });
  // What is slow by itself is so in every window; what another process of this machine delays is not.
  await eventually(
    async () => {
      await redis.call('SLOWLOG', 'RESET');
      const until = performance.now() + WINDOW_MS;
      while (performance.now() < until) {
        const [reply, { readyz, ready, livez }] = await Promise.all([
          execute(stack.api, workflow),
          look(stack),
        ]);
        const seen = [reply.status, readyz.status, ready.status, livez.api, livez.worker].join(' ');
        if (seen !== '202 200 200 200 200') refused.push(`${seen} ${reply.text.slice(0, 200)}`);
        await sleep(SUBMIT_EVERY_MS);
      }
      const found = await slowCommands(redis, OWN);
      if (found.length > 0) throw new Error(found.join('\n'));
      return true;
    },
    { timeoutMs: 8 * WINDOW_MS, what: 'a window without a slow command' },
  );
  if (refused.length > 0) throw new Error(`refused or not ready:\n${refused.join('\n')}`);
  const left = await redis.llen('bull:execution:wait');
  if (left < JOBS / 2) throw new Error(`only ${left} jobs wait: nothing was proven`);
}

const refused: string[] = [];

proveFaults('H. found by trial: a backlog', [
  {
    id: 'H12',
    title: '300,000 jobs wait',
    given: {
      redis: ['--slowlog-log-slower-than', String(SLOW_US), '--slowlog-max-len', '512'],
      settings: { WORKER_CONCURRENCY: '2' },
    },
    expected: {
      ready: true,
      heartbeat: 'warn',
      health: 'warn',
      check: 'worker',
      code: 'queue.backlog',
      restart: 'useless',
      target: 'worker',
      says: /jobs? waiting/,
    },
    detectWithinMs: 6000,
    witness: 'a job that waits for longer than 4 s',
    // Whether one is late is asked every 5 s, in a table that has just lost as many rows.
    recoverWithinMs: 20_000,
    inject: fill,
    during: goesOn,
    heal: async ({ database, redis }) => {
      await redis.command('DEL', 'bull:execution:wait');
      // Row by row, each with its foreign keys, it takes a minute of a busy machine.
      await database.query('TRUNCATE executions CASCADE');
    },
  },
] satisfies Fault[]);
