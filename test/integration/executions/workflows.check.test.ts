import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Gauge, Registry } from 'prom-client';
import { WorkflowsCheck } from '../../../src/modules/executions/check/workflows.check.js';
import { FiguresRepository } from '../../../src/modules/executions/store/figures.repository.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { createWorkflow, startExecutions } from './executions-fixture.js';

/** Counts that take this long are kept for a minute, and for ten seconds while they are doubted. */
const COUNTING_MS = 1200;
let database: TestDatabase;
let api: TestingModule;
let workflow: string;
let check: WorkflowsCheck;
let counted: number;

beforeAll(async () => {
  const [redis, migrated] = await Promise.all([RedisServer.start(), TestDatabase.migrated()]);
  database = migrated;
  api = await startExecutions({ REDIS_URL: redis.url, DATABASE_URL: database.url }, { work: false });
  workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
});

/** Of a queue that nobody sweeps, so that they stay as they are. */
async function queued(count: number, agoS: number): Promise<void> {
  await database.query(
    `INSERT INTO executions (id, workflow_id, queue, accepted, input, request_hash, enqueued_at)
     SELECT gen_random_uuid(), $1, 'of-others', true, '{}', 'x', now() - $2 * interval '1 second'
     FROM generate_series(1, $3)`,
    [workflow, agoS, count],
  );
}

const emptied = () => database.query('DELETE FROM executions');

async function said() {
  const { workflows } = await check.run();
  return workflows;
}

describe('the workflows check of a table that takes long to count', () => {
  beforeEach(async () => {
    await emptied();
    counted = 0;
    const real = api.get(FiguresRepository);
    const slow = Object.create(real) as FiguresRepository;
    slow.read = async (recentMs) => {
      counted += 1;
      const figures = await real.read(recentMs);
      await sleep(COUNTING_MS);
      return figures;
    };
    const registry = new Registry();
    const gauge = new Gauge({ name: 'unfinished', help: 'x', labelNames: ['status'], registers: [registry] });
    check = new WorkflowsCheck(api.get(HealthIndicatorService), slow, { maxWaitMs: 60_000 }, gauge);
  });

  it('tells at once that a wait is over', async () => {
    await queued(300, 90);
    expect(await said()).toMatchObject({
      code: 'workflows.waiting',
      message: '300 executions wait for a worker, the oldest for 90 s (60 s allowed)',
    });
    await emptied();
    expect(await said()).toMatchObject({ code: 'workflows.healthy' });
    expect(counted).toBe(1);
  });

  it('tells at once of a wait that is too long', async () => {
    await queued(3, 5);
    expect(await said()).toMatchObject({ code: 'workflows.healthy' });
    await queued(1, 61);
    expect(await said()).toMatchObject({ code: 'workflows.waiting' });
    expect(counted).toBe(1);
  });

  it('does not take an execution to wait on that was waiting when it counted, and was run since', async () => {
    await queued(3, 59);
    expect(await said()).toMatchObject({ code: 'workflows.healthy' });
    await emptied();
    await queued(3, 0);
    await sleep(COUNTING_MS);
    expect(await said()).toMatchObject({ code: 'workflows.healthy' });
    expect(counted).toBe(1);
  });
});
