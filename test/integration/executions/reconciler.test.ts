import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Reconciler } from '../../../src/modules/executions/reconcile/reconciler.service.js';
import { Board } from '../../../src/modules/health/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { createWorkflow, execution, startExecutions } from './executions-fixture.js';

const FULL = 2_147_483_647;
let redis: RedisServer;
let database: TestDatabase;
let api: TestingModule;
let workflow: string;

beforeAll(async () => {
  [redis, database] = await Promise.all([RedisServer.start(), TestDatabase.migrated()]);
  const env = { REDIS_URL: redis.url, DATABASE_URL: database.url, QUEUE_NAMES: 'execution,broken' };
  api = await startExecutions(env, { work: false });
  workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
});

/** An accepted execution whose job was lost a while ago. */
async function lost(columns: { attempt?: number; fence?: string; queue?: string } = {}): Promise<string> {
  const id = randomUUID();
  const { attempt = 1, fence = '0', queue = 'execution' } = columns;
  await database.query(
    `INSERT INTO executions (id, workflow_id, queue, accepted, input, request_hash, enqueued_at, attempt, fence)
     VALUES ($1, $2, $3, true, '{}', 'x', now() - interval '1 minute', $4, $5)`,
    [id, workflow, queue, attempt, fence],
  );
  return id;
}

const attemptOf = async (id: string) =>
  (await database.query<{ attempt: number }>('SELECT attempt FROM executions WHERE id = $1', [id]))[0]
    ?.attempt;

const roundIsOld = async () =>
  (
    await database.query<{ old: boolean }>(
      `SELECT round_ended_at < now() - interval '1 hour' AS old FROM execution_sweep`,
    )
  )[0]?.old;

async function sweepUntil(done: () => Promise<boolean>, what: string): Promise<void> {
  await eventually(
    async () => {
      await database.query(`UPDATE execution_sweep SET swept_at = '-infinity'`);
      await api.get(Reconciler).sweep();
      return await done();
    },
    { timeoutMs: 20_000, what },
  );
}

const said = (check: string) =>
  api
    .get(Board)
    .snapshot()
    .checks.find(({ key }) => key === check);
const says = (code: string, check = 'reconciler') =>
  eventually(() => said(check)?.code === code && said(check), { timeoutMs: 20_000, what: code });

describe('a row that spoils a statement', () => {
  it('fails with its reason when its counter of attempts is full, and all beside it are queued again', async () => {
    const [before, full, after] = [await lost(), await lost({ attempt: FULL }), await lost()];
    await sweepUntil(async () => (await attemptOf(after)) === 2, 'the row after it queued again');
    expect(await attemptOf(before)).toBe(2);
    expect(await execution(api, full)).toMatchObject({
      status: 'failed',
      error: { code: 'execution.too_many_starts' },
    });
  });

  it('is queued again when its fence is full', async () => {
    const full = await lost({ fence: '9223372036854775807' });
    await sweepUntil(async () => (await attemptOf(full)) === 2, 'it queued again');
  });

  it('keeps nobody else from being looked at when it can be changed in no way', async () => {
    const [before, stubborn, after] = [await lost(), await lost(), await lost()];
    await database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
    );
    await database.query(
      `CREATE TRIGGER refuse BEFORE UPDATE ON executions FOR EACH ROW
       WHEN (OLD.id = '${stubborn}') EXECUTE FUNCTION refuse()`,
    );
    await sweepUntil(async () => (await attemptOf(after)) === 2, 'the row after it queued again');
    expect(await attemptOf(before)).toBe(2);
    await database.query('DROP TRIGGER refuse ON executions');
    await sweepUntil(async () => (await attemptOf(stubborn)) === 2, 'it queued again at last');
  });
});

describe('a queue that cannot be asked', () => {
  it('keeps no other queue from being looked at, and the round from being whole', async () => {
    const client = redis.client();
    await client.set('bull:broken:completed', 'no set');
    const [broken, fine] = [await lost({ queue: 'broken' }), await lost()];
    await client.hset(`bull:broken:${broken}-1`, 'name', 'execution');
    await database.query(`UPDATE execution_sweep SET round_ended_at = now() - interval '1 day'`);
    await sweepUntil(async () => (await attemptOf(fine)) === 2, 'the row of the other queue queued again');
    expect(await roundIsOld()).toBe(true);
    await client.del('bull:broken:completed');
    await sweepUntil(async () => (await attemptOf(broken)) === 2, 'its row queued again at last');
    await sweepUntil(async () => !(await roundIsOld()), 'a whole round');
    // Which of the queues could not take a job is known, and that it can again.
    await says('redis.healthy', 'queue');
  });
});

describe('the search for lost executions', () => {
  it('says that it stands still when the row is gone by which processes take their turns', async () => {
    await says('reconciler.running');
    await database.query('DELETE FROM execution_sweep');
    expect(await says('reconciler.stalled')).toMatchObject({ status: 'fail', because: null });
    await database.query('INSERT INTO execution_sweep DEFAULT VALUES');
    await says('reconciler.running');
  });
});
