import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { migrate } from '../../../src/modules/database/index.js';
import { ExecutionRepository } from '../../../src/modules/executions/store/execution.repository.js';
import { SubmissionRepository } from '../../../src/modules/executions/store/submission.repository.js';
import { Submissions } from '../../../src/modules/executions/submit/submission.service.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { PostgresServer } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { createWorkflow, ended, execution, startExecutions, stop } from './executions-fixture.js';

let redis: RedisServer;
let postgres: PostgresServer;
let api: TestingModule;
let workflowId: string;

beforeAll(async () => {
  [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
  await migrate(postgres.url);
  api = await startExecutions({ REDIS_URL: redis.url, DATABASE_URL: postgres.url }, { work: false });
  workflowId = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
  await eventually(async () => (await submit()).kind === 'accepted', { what: 'the first acceptance' });
});

const submit = (input: unknown = {}, idempotencyKey: string | null = null, workflow = workflowId) =>
  api.get(Submissions).submit({ workflowId: workflow, input, idempotencyKey });
/** What it is told at last: a busy machine's database may not have answered in time. */
const told = (...request: Parameters<typeof submit>) =>
  eventually(async () => {
    const submitted = await submit(...request);
    return submitted.kind !== 'refused' && submitted;
  });
const count = async () =>
  (await postgres.query<{ n: number }>('SELECT count(*)::int AS n FROM executions WHERE accepted'))[0]?.n;
const timed = async () => {
  const before = performance.now();
  const submitted = await submit();
  return { submitted, ms: performance.now() - before };
};

describe('an idempotency key', () => {
  /** As a client does that is told to come back. */
  const acceptedWith = (key: string) =>
    eventually(async () => {
      const submitted = await submit({ n: 1 }, key);
      return submitted.kind === 'accepted' && submitted.id;
    });

  it('names one execution, however often and however much at once it is used', async () => {
    const key = randomUUID();
    const all = await Promise.all(Array.from({ length: 8 }, () => acceptedWith(key)));
    expect(new Set(all).size).toBe(1);
    expect(await acceptedWith(key)).toBe(all[0]);
  });

  it('is refused for another input or workflow', async () => {
    const key = randomUUID();
    await acceptedWith(key);
    expect(await told({ n: 2 }, key)).toEqual({ kind: 'key-reused' });
    const other = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
    expect(await told({ n: 1 }, key, other)).toEqual({ kind: 'key-reused' });
  });

  it('is free again after its process died between offer and acceptance', async () => {
    const key = randomUUID();
    await postgres.query(
      `INSERT INTO executions (id, workflow_id, queue, input, idempotency_key, request_hash, created_at)
       VALUES ($1, $2, 'execution', '{}', $3, 'x', now() - interval '5 seconds')`,
      [randomUUID(), workflowId, key],
    );
    expect((await told({}, key)).kind).toBe('accepted');
  });
});

describe('an offer', () => {
  it('is accepted while it is young enough by the clock of the database, and no longer', async () => {
    const offers = api.get(SubmissionRepository);
    const id = randomUUID();
    const offer = { id, workflowId, queue: 'execution', input: '{}', idempotencyKey: null, requestHash: 'x' };
    expect(await offers.offer(offer)).toEqual({ kind: 'made' });
    const accepted = async () => await postgres.query(`SELECT accepted FROM executions WHERE id = '${id}'`);
    expect(await offers.accept(id, 0)).toBe(false);
    expect(await accepted()).toEqual([{ accepted: false }]);
    expect(await offers.accept(id, 60_000)).toBe(true);
    expect(await accepted()).toEqual([{ accepted: true }]);
  });
});

describe('a workflow that does not exist', () => {
  it('accepts nothing', async () => {
    expect(await told({}, null, randomUUID())).toEqual({ kind: 'no-workflow' });
    expect(await told({}, randomUUID(), randomUUID())).toEqual({ kind: 'no-workflow' });
  });
});

describe('what cannot be queued is refused within a second and leaves nothing behind', () => {
  it('while Redis is down', async () => {
    const before = await count();
    await redis.kill();
    const { submitted, ms } = await timed();
    expect(submitted).toMatchObject({ kind: 'refused', code: expect.stringMatching(/^(redis|queue)\./) });
    expect(ms).toBeLessThan(3000 * crowd());
    expect(await count()).toBe(before);
    await redis.restart();
    await eventually(async () => (await submit()).kind === 'accepted', { what: 'acceptance again' });
  });

  it('while Redis pauses writes, and the job that arrives late never runs', async () => {
    const before = await count();
    await redis.command('CLIENT', 'PAUSE', 2500, 'WRITE');
    const { submitted, ms } = await timed();
    expect(submitted.kind).toBe('refused');
    expect(ms).toBeLessThan(3000 * crowd());
    expect(await count()).toBe(before);
    const worker = await startExecutions(
      { REDIS_URL: redis.url, DATABASE_URL: postgres.url },
      { work: true },
    );
    await eventually(
      async () => {
        const again = await api.get(Submissions).submit({ workflowId, input: {}, idempotencyKey: null });
        return again.kind === 'accepted' && (await ended(api, again.id)).status === 'succeeded';
      },
      { timeoutMs: 15_000, what: 'work after the pause' },
    );
    const rows = await postgres.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM executions WHERE starts > 0 AND NOT accepted',
    );
    expect(rows[0]?.n).toBe(0);
    await stop(worker);
  });

  it('while Redis hangs', async () => {
    redis.pause();
    const before = await count();
    const { submitted, ms } = await timed();
    redis.resume();
    expect(submitted.kind).toBe('refused');
    expect(ms).toBeLessThan(3000 * crowd());
    expect(await count()).toBe(before);
    await eventually(async () => (await submit()).kind === 'accepted', { what: 'acceptance again' });
  });

  it('while Postgres hangs in the middle, though its statements arrive later', async () => {
    const before = await count();
    const backends = await postgres.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'probity-%'`,
    );
    postgres.pause();
    for (const { pid } of backends) process.kill(pid, 'SIGSTOP');
    const { submitted, ms } = await timed();
    for (const { pid } of backends) process.kill(pid, 'SIGCONT');
    postgres.resume();
    expect(submitted).toMatchObject({ kind: 'refused', code: expect.stringMatching(/^database\./) });
    expect(ms).toBeLessThan(3000 * crowd());
    await eventually(async () => (await submit()).kind === 'accepted', { what: 'acceptance again' });
    expect(await count()).toBe((before ?? 0) + 1);
  });
});

describe('while a table is locked that accepting needs', () => {
  it.each(['executions', 'workflows'])('it is refused as locked within a second: %s', async (table) => {
    const before = await count();
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const all = await Promise.all(Array.from({ length: 15 }, timed));
    const keyed = await submit({}, randomUUID());
    await client.query('ROLLBACK');
    await client.end();
    for (const { submitted } of [...all, { submitted: keyed }]) {
      expect(submitted).toEqual({ kind: 'refused', code: 'database.locked' });
    }
    expect(Math.max(...all.map(({ ms }) => ms))).toBeLessThan(3000 * crowd());
    await eventually(async () => (await submit()).kind === 'accepted', { what: 'acceptance again' });
    expect(await count()).toBe((before ?? 0) + 1);
  });
});

describe('an execution that was offered and never accepted', () => {
  it('exists for nobody', async () => {
    const id = randomUUID();
    await postgres.query(
      `INSERT INTO executions (id, workflow_id, queue, input, request_hash) VALUES ($1, $2, 'execution', '{}', 'x')`,
      [id, workflowId],
    );
    expect(await execution(api, id)).toBeNull();
    expect(await api.get(ExecutionRepository).cancel(id)).toBeNull();
  });
});
