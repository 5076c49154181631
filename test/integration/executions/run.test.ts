import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Database } from '../../../src/modules/database/index.js';
import { Reconciler } from '../../../src/modules/executions/reconcile/reconciler.service.js';
import { ExecutionRepository } from '../../../src/modules/executions/store/execution.repository.js';
import { FencedError, RunRepository } from '../../../src/modules/executions/store/run.repository.js';
import { Board } from '../../../src/modules/health/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { accepted, createWorkflow, ended, execution, startExecutions, stop } from './executions-fixture.js';

let redis: RedisServer;
let database: TestDatabase;
let env: Record<string, string>;
let api: TestingModule;

beforeAll(async () => {
  [redis, database] = await Promise.all([RedisServer.start(), TestDatabase.migrated()]);
  env = { REDIS_URL: redis.url, DATABASE_URL: database.url };
  api = await startExecutions(env, { work: false });
});

const running = (id: string) =>
  eventually(async () => (await execution(api, id))?.status === 'running', { what: 'the execution running' });
const pause = (ms: number) => ({ id: 'pause', kind: 'delay', ms }) as const;

/** Claims an execution as a worker would whose own story the test tells. */
async function claimed(worker: TestingModule, id: string, attempt = 1) {
  const begun = await worker.get(RunRepository).begin(id, attempt, 'test');
  if (begun.kind !== 'claimed') throw new Error(`not claimed: ${begun.kind}`);
  return begun.claim;
}

describe('an execution', () => {
  it('runs its steps in order, each with the outputs of those before it', async () => {
    const worker = await startExecutions(env, { work: true });
    const id = await accepted(
      api,
      await createWorkflow(api, [
        pause(1),
        { id: 'double', kind: 'transform', expression: 'input.n * 2' },
        { id: 'sum', kind: 'transform', expression: '$sum([steps.double, steps.pause.ms])' },
      ]),
      { n: 4 },
    );
    expect(await ended(api, id)).toMatchObject({
      status: 'succeeded',
      result: 9,
      error: null,
      steps: [
        { id: 'pause', status: 'succeeded', attempts: 1, output: { ms: 1 } },
        { id: 'double', output: 8 },
        { id: 'sum', output: 9, failures: [] },
      ],
    });
    await stop(worker);
  });

  it('keeps its job when it is accepted between the two looks of its worker', async () => {
    const workflow = await createWorkflow(api, [pause(1)]);
    const id = randomUUID();
    await database.query(
      `INSERT INTO executions (id, workflow_id, queue, input, request_hash) VALUES ($1, $2, 'elsewhere', '{}', 'x')`,
      [id, workflow],
    );
    const real = api.get(Database);
    const accepting = {
      query: async (text: string, values: unknown[]) => {
        const result = await real.query(text, values);
        await database.query('UPDATE executions SET accepted = true WHERE id = $1', [id]);
        return result;
      },
    } as unknown as Database;
    expect(await new RunRepository(accepting).begin(id, 1, 'test')).toEqual({ kind: 'offered' });
    expect((await new RunRepository(real).begin(id, 1, 'test')).kind).toBe('claimed');
  });

  it('fails with the step that failed, and what it said; later steps stay pending', async () => {
    const worker = await startExecutions(env, { work: true });
    const id = await accepted(
      api,
      await createWorkflow(api, [{ id: 'bad', kind: 'transform', expression: '$error("no")' }, pause(1)]),
    );
    expect(await ended(api, id)).toMatchObject({
      status: 'failed',
      error: { code: 'transform.failed', step: 'bad', message: expect.stringContaining('no') },
      steps: [
        { status: 'failed', attempts: 1, failures: [{ code: 'transform.failed', at: expect.any(String) }] },
        { status: 'pending', attempts: 0, error: null },
      ],
    });
    await stop(worker);
  });

  it('that is cancelled ends at once, and its worker turns to the next', async () => {
    const worker = await startExecutions({ ...env, WORKER_CONCURRENCY: '1' }, { work: true });
    const id = await accepted(api, await createWorkflow(api, [pause(60_000)]));
    await running(id);
    await eventually(async () => (await execution(api, id))?.steps[0]?.status === 'running');
    expect(await api.get(ExecutionRepository).cancel(id)).toEqual({ cancelled: true, status: 'cancelled' });
    expect(await execution(api, id)).toMatchObject({
      status: 'cancelled',
      steps: [{ status: 'cancelled' }],
    });
    expect(await api.get(ExecutionRepository).cancel(id)).toEqual({ cancelled: false, status: 'cancelled' });
    const next = await accepted(api, await createWorkflow(api, [pause(1)]));
    expect((await ended(api, next, 5000)).status).toBe('succeeded');
    await stop(worker);
  });

  it('goes to the next worker when its own is told to stop, which waits only for what is left', async () => {
    const first = await startExecutions(env, { work: true });
    const id = await accepted(
      api,
      await createWorkflow(api, [{ id: 'once', kind: 'transform', expression: '"kept"' }, pause(2500)]),
    );
    await eventually(async () => (await execution(api, id))?.steps[1]?.status === 'running');
    await stop(first);
    expect((await execution(api, id))?.status).toBe('queued');
    const second = await startExecutions(env, { work: true });
    const end = await ended(api, id);
    expect(end).toMatchObject({
      status: 'succeeded',
      steps: [{ attempts: 1, output: 'kept' }, { attempts: 2 }],
    });
    const took = Date.parse(end.steps[1]?.finishedAt ?? '') - Date.parse(end.steps[1]?.startedAt ?? '');
    expect(took).toBeGreaterThanOrEqual(2490);
    await stop(second);
  });
});

describe('a step that may take long by its definition', () => {
  it('is told so with the heartbeat of its worker, and is not stuck while it may', async () => {
    const { url } = await TestDatabase.migrated();
    const own = { ...env, DATABASE_URL: url, QUEUE_PREFIX: 'patient', WORKER_ID: 'patient' };
    const worker = await startExecutions({ ...own, JOB_STUCK_AFTER_MS: '1000' }, { work: true, watch: true });
    const said = () =>
      worker
        .get(Board)
        .snapshot()
        .checks.find(({ key }) => key === 'worker');
    const id = await eventually(
      async () => await accepted(worker, await createWorkflow(worker, [pause(600_000)])),
      { what: 'the acceptance' },
    );
    const held = await eventually(
      async () => {
        const text = await redis.command('GET', 'patient:execution:probity:worker:patient');
        const { active } = JSON.parse(String(text)) as {
          active: { id: string; startedAgeMs: number; stuckAfterMs: number | null }[];
        };
        const [job] = active;
        return job !== undefined && job.startedAgeMs > 2000 && job;
      },
      { timeoutMs: 15_000, what: 'a heartbeat that tells of a job of two seconds' },
    );
    expect(held.id).toBe(`${id}-1`);
    expect(held.stuckAfterMs).toBeGreaterThan(600_000);
    await eventually(() => said()?.status === 'pass', { what: 'a worker that is well' });
    await stop(worker);
  });
});

describe('a worker that lost its execution', () => {
  it('changes nothing any more: neither a step nor the end', async () => {
    const worker = await startExecutions(env, { work: true });
    const id = await accepted(worker, await createWorkflow(worker, [pause(1)]));
    await ended(worker, id);
    // Unfinished again, and in no queue, so that the test alone works on it.
    await database.query(
      `UPDATE executions SET status = 'queued', attempt = 7, finished_at = NULL, queue = 'elsewhere' WHERE id = $1`,
      [id],
    );
    const runs = worker.get(RunRepository);
    const late = await claimed(worker, id, 7);
    await runs.beginStep(late, 0);
    const current = await claimed(worker, id, 7);
    await expect(runs.beginStep(late, 0)).rejects.toThrow(FencedError);
    await expect(runs.stepSucceeded(late, 0, '1')).rejects.toThrow(FencedError);
    await expect(runs.stepFailed(late, 0, { code: 'step.error', message: 'x' }, true)).rejects.toThrow(
      FencedError,
    );
    await expect(runs.finish(late, { status: 'succeeded', result: '"late"' })).rejects.toThrow(FencedError);
    await expect(runs.release(late)).rejects.toThrow(FencedError);
    expect(await runs.stillMine([late, current])).toEqual(new Set([id]));
    await runs.finish(current, { status: 'succeeded', result: '"current"' });
    // A second finish of the same run, as after a lost reply, changes nothing either.
    await expect(runs.finish(current, { status: 'succeeded', result: '"x"' })).rejects.toThrow(FencedError);
    expect(await execution(worker, id)).toMatchObject({ status: 'succeeded', result: 'current' });
    await stop(worker);
  });

  it('begins no execution of another attempt, ended, or unknown', async () => {
    const worker = await startExecutions(env, { work: true });
    const id = await accepted(api, await createWorkflow(api, [pause(1)]));
    await ended(api, id);
    const runs = worker.get(RunRepository);
    expect(await runs.begin(id, 1, 'x')).toEqual({ kind: 'dropped' });
    expect(await runs.begin('00000000-0000-4000-8000-000000000000', 1, 'x')).toEqual({ kind: 'dropped' });
    await stop(worker);
  });
});

describe('a queue that lost its data', () => {
  it('gets every unfinished execution back, those that run included, and each ends once', async () => {
    const worker = await startExecutions({ ...env, WORKER_CONCURRENCY: '2' }, { work: true });
    const workflow = await createWorkflow(api, [pause(1500)]);
    const ids = await Promise.all(Array.from({ length: 6 }, () => accepted(api, workflow)));
    await running(ids[0] ?? '');
    await redis.command('FLUSHALL');
    await api.get(Reconciler).restore();
    const ends = await Promise.all(ids.map((id) => ended(api, id, 25_000)));
    expect(ends.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
    await stop(worker);
  });

  it('gets nothing twice when two processes mend it at once', async () => {
    const other = await startExecutions(env, { work: false });
    const workflow = await createWorkflow(api, [pause(1)]);
    const ids = await Promise.all(Array.from({ length: 20 }, () => accepted(api, workflow)));
    await redis.command('FLUSHALL');
    await Promise.all([api.get(Reconciler).restore(), other.get(Reconciler).restore()]);
    const rows = await database.query<{ attempt: number }>(
      'SELECT attempt FROM executions WHERE id = ANY($1)',
      [ids],
    );
    expect(rows.map(({ attempt }) => attempt)).toEqual(ids.map(() => 2));
    await stop(other);
  });
});
