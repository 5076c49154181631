import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { Redis } from 'ioredis';
import { Reconciler } from '../../../src/modules/executions/reconcile/reconciler.service.js';
import { Canary } from '../../../src/modules/heartbeat/canary/canary.service.js';
import { Board } from '../../../src/modules/health/index.js';
import { QueueLooks } from '../../fixtures/queue-look.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { slowCommands } from '../../fixtures/slowlog.js';
import { compileExecutions, createWorkflow, stop } from './executions-fixture.js';

const SLOW_US = 5000;
const MILLION = 1_000_000;
const ROWS = 1200;
const LOST = 3;
const OWN = 'test:filler';
const KEY = 'bull:execution:';
const SETS = ['prioritized', 'delayed', 'completed', 'failed', 'waiting-children', 'repeat'];

/** Fills in steps that are slow by themselves; they are told from ours by the name of their connection. */
const FILL_LIST = `
local words = {}
for n = ARGV[1], ARGV[2] do
  words[#words + 1] = 'filler-' .. n .. '-0123456789-0123456789'
  if #words == 5000 then redis.call('LPUSH', KEYS[1], unpack(words)) words = {} end
end`;
const FILL_SET = `for n = ARGV[1], ARGV[2] do redis.call('ZADD', KEYS[1], (ARGV[3] + n) * 4096, 'other-' .. n) end`;

let redis: RedisServer;
let database: TestDatabase;
let api: TestingModule;
let filler: Redis;
let looker: Redis;
let ids: string[];

async function fill(script: string, key: string, count: number, ...more: (string | number)[]) {
  for (let from = 1; from <= count; from += 20_000) {
    await filler.eval(script, 1, KEY + key, from, Math.min(count, from + 19_999), ...more);
  }
}

/** Rows that were accepted a while ago, each with its job, all but the last few of them in the midst of the others. */
async function acceptedRows(workflow: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `INSERT INTO executions (id, workflow_id, queue, accepted, input, request_hash, enqueued_at)
     SELECT gen_random_uuid(), $1, 'execution', true, '{}', 'x', now() - interval '1 minute'
     FROM generate_series(1, ${ROWS}) RETURNING id`,
    [workflow],
  );
  return rows.map(({ id }) => id);
}

beforeAll(async () => {
  const args = [
    '--appendonly',
    'no',
    '--slowlog-log-slower-than',
    String(SLOW_US),
    '--slowlog-max-len',
    '512',
  ];
  [redis, database] = await Promise.all([RedisServer.start(args), TestDatabase.migrated()]);
  filler = redis.client({ connectionName: OWN, commandTimeout: 60_000 });
  looker = redis.client({ connectionName: 'test:looker' });
  const env = { REDIS_URL: redis.url, DATABASE_URL: database.url, QUEUE_MAX_WAIT_MS: '1000' };
  api = await compileExecutions(env, { work: false, watch: true });
  atEnd(() => stop(api));
  ids = await acceptedRows(await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]));
  const listed = ids.slice(0, -LOST);
  await fill(FILL_LIST, 'wait', MILLION / 2);
  await filler.lpush(`${KEY}wait`, ...listed.map((id) => `${id}-1`));
  await Promise.all(listed.map((id) => filler.hset(`${KEY}${id}-1`, 'name', 'execution', 'data', '{}')));
  await fill(FILL_LIST, 'wait', MILLION / 2);
  const ago = Date.now() - 100_000;
  for (const set of SETS) await fill(FILL_SET, set, 40_000, ago);
  await fill(FILL_LIST, 'paused', 40_000);
  await fill(FILL_LIST, 'active', 5000);
  await api.init();
});

/** A canary that is taken back while all others wait: one that is next, and one that was worked on long ago. */
async function withdrawn(): Promise<void> {
  const canary = api.get<unknown>(Canary) as { withdraw(queue: string, nonce: string): Promise<void> };
  const id = 'probity-canary-late';
  await filler
    .multi()
    .hset(KEY + id, 'name', 'probity:canary')
    .rpush(`${KEY}wait`, id)
    .exec();
  for (const nonce of ['late', 'gone']) await canary.withdraw('execution', nonce);
  expect([await filler.exists(KEY + id), await filler.lindex(`${KEY}wait`, -1)]).toEqual([
    0,
    expect.not.stringContaining('canary'),
  ]);
}

/** Everything that we ask of Redis, once: all checks, what they look at less often, whole rounds of the reconciler. */
async function everything(): Promise<void> {
  await api.get(Board).fresh();
  await withdrawn();
  await new QueueLooks({ prefix: 'bull', queue: 'execution' }).read(looker, 0);
  for (let page = 0; page < 3; page++) {
    await database.query(`UPDATE execution_sweep SET swept_at = '-infinity'`);
    await api.get(Reconciler).sweep();
  }
}

describe('a million jobs in the queue', () => {
  it.each(['running', 'paused'])(
    'are asked after without a command that takes 5 ms; the queue is %s',
    async (state) => {
      if (state === 'paused') await filler.hset(`${KEY}meta`, 'paused', '1');
      // What is slow by itself is so in every round; what another process of this machine delays is not.
      await eventually(
        async () => {
          await filler.call('SLOWLOG', 'RESET');
          await everything();
          const found = await slowCommands(filler, OWN);
          if (found.length > 0) throw new Error(found.join('\n'));
          return true;
        },
        { timeoutMs: 60_000, what: 'a round without a slow command' },
      );
    },
    90_000,
  );

  it('are kept as they are, but for those whose jobs are gone', async () => {
    const moved = async () =>
      await database.query<{ id: string }>('SELECT id FROM executions WHERE attempt > 1');
    await eventually(
      async () => {
        await everything();
        return (await moved()).length === LOST;
      },
      { timeoutMs: 30_000, what: 'the lost ones queued again' },
    );
    expect((await moved()).map(({ id }) => id).sort()).toEqual(ids.slice(-LOST).sort());
  });
});
