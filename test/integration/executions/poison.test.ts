import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Database, IncidentHistory } from '../../../src/modules/database/index.js';
import type { Step } from '../../../src/modules/executions/definition/workflow.js';
import { WorkflowRepository } from '../../../src/modules/executions/store/workflow.repository.js';
import { Submissions } from '../../../src/modules/executions/submit/submission.service.js';
import { isStorable } from '../../../src/modules/kernel/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import {
  accepted as acceptedAtOnce,
  createWorkflow,
  ended,
  execution,
  startExecutions,
} from './executions-fixture.js';

let database: TestDatabase;
let api: TestingModule;

beforeAll(async () => {
  const [redis, migrated] = await Promise.all([RedisServer.start(), TestDatabase.migrated()]);
  database = migrated;
  api = await startExecutions({ REDIS_URL: redis.url, DATABASE_URL: database.url }, { work: true });
});

/** A busy machine may refuse for a while what has to be accepted within a second. */
const accepted = (process: TestingModule, workflow: string, input: unknown = {}) =>
  eventually(() => acceptedAtOnce(process, workflow, input), { timeoutMs: 20_000, what: 'the acceptance' });
const transform = (expression: string): Step => ({ id: 'shape', kind: 'transform', expression });
const run = async (steps: Step[], input: unknown = {}) =>
  (await ended(api, await accepted(api, await createWorkflow(api, steps), input))) as unknown as {
    status: string;
    error: { code: string; message: string } | null;
    result: unknown;
    input: unknown;
    steps: { attempts: number; failures: unknown[] }[];
  };
const startsOf = async (id: string) =>
  (await database.query<{ starts: number }>('SELECT starts FROM executions WHERE id = $1', [id]))[0]?.starts;

describe('text that PostgreSQL does not take', () => {
  it.each([
    ['is cut within a character', `$error($join([1..499].('x')) & "\\uD83D\\uDE00" & 'y')`],
    ['holds NUL', '$error("a\\u0000b")'],
    ['holds half of a character', '$error("a\\uD83D b")'],
  ])('fails its step with its own reason when an error %s', async (_, expression) => {
    const failed = await run([transform(expression)]);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'transform.failed', step: 'shape' } });
    expect(failed.steps[0]).toMatchObject({ attempts: 1 });
    expect(isStorable(failed.error?.message ?? '\0')).toBe(true);
  });

  it('is kept in inputs, and made storable in outputs and in the names of fields', async () => {
    const input = { 'a\0': 'b\0', list: ['\uD83D'], fine: '😀' };
    const done = await run([transform('input')], input);
    expect(done).toMatchObject({ status: 'succeeded' });
    expect(done.input).toEqual(input);
    expect(done.result).toEqual({ 'a�': 'b�', list: ['�'], fine: '😀' });
  });

  it('is made storable in what a server answers', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"k\\u0000": "\\ud83d", "n": "\\u0000"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const done = await run([{ id: 'call', kind: 'http', method: 'GET', url: `http://127.0.0.1:${port}/` }]);
    expect(done).toMatchObject({ status: 'succeeded', result: { body: { 'k�': '�', n: '�' } } });
  });

  it('spoils no answer when it is in the body of a step', async () => {
    const steps: Step[] = [
      transform('1'),
      { id: 'call', kind: 'http', method: 'POST', url: 'http://127.0.0.1:1/', body: { 'a\0': '\uD83D\0' } },
    ];
    const failed = await run([{ ...steps[1]!, retry: { maxAttempts: 1, backoffMs: 0 } }]);
    expect(failed).toMatchObject({ status: 'failed', error: { step: 'call' } });
  });

  it('is stored in the name of a workflow, and in the history', async () => {
    const { id } = await api.get(WorkflowRepository).create({ name: 'a\0\uD83D', steps: [transform('1')] });
    expect((await api.get(WorkflowRepository).find(id))?.name).toBe('a��');
    const { rows } = await api
      .get(Database)
      .query<{ text: string; all: string[] }>(`SELECT $1::text AS text, $2::text[] AS all`, [
        'a\0',
        ['\uDE00'],
      ]);
    expect(rows[0]).toEqual({ text: 'a�', all: ['�'] });
    expect(await api.get(IncidentHistory).recentIncidents(1)).toBeDefined();
  });

  it('is no reason to take an idempotency key for another request', async () => {
    const workflowId = await createWorkflow(api, [transform('1')]);
    const request = { workflowId, input: { a: '\0' }, idempotencyKey: randomUUID() };
    const first = await eventually(
      async () => {
        const submitted = await api.get(Submissions).submit(request);
        return submitted.kind === 'accepted' && submitted;
      },
      { timeoutMs: 20_000, what: 'the acceptance' },
    );
    expect(await api.get(Submissions).submit(request)).toMatchObject({
      kind: 'accepted',
      id: first.id,
    });
  });
});

describe('a row that was written before, or spoiled', () => {
  const raw = async (steps: string) => {
    const id = randomUUID();
    await database.query(`INSERT INTO workflows (id, name, steps) VALUES ($1, 'raw', $2::json)`, [id, steps]);
    return id;
  };

  it('is answered when a step of its workflow holds NUL', async () => {
    const workflow = await raw(
      '[{"id":"shape","kind":"transform","expression":"1","note":"\\u0000\\ud83d"}]',
    );
    const id = await accepted(api, workflow);
    expect(await ended(api, id)).toMatchObject({ status: 'succeeded', steps: [{ id: 'shape', output: 1 }] });
  });

  it.each(['{}', 'null', '7', '"text"', '[null]', '[{"id":"a","kind":"other"}]'])(
    'fails its executions once, and spoils no list, when its steps are %s',
    async (steps) => {
      const workflow = await raw(steps);
      const id = await accepted(api, workflow);
      expect(await ended(api, id)).toMatchObject({ status: 'failed', error: { code: 'workflow.damaged' } });
      expect(await startsOf(id)).toBe(1);
      const { items } = await api.get(WorkflowRepository).list({ limit: 5, before: null });
      expect(items[0]).toMatchObject({ id: workflow });
      expect(await api.get(WorkflowRepository).find(workflow)).toMatchObject({ id: workflow });
    },
  );
});

describe('what can never be stored', () => {
  it('fails its execution once, with its reason', async () => {
    const workflow = await createWorkflow(api, [transform('42')]);
    await database.query(
      `ALTER TABLE execution_steps ADD CONSTRAINT refused CHECK (output IS NULL OR output::text <> '42')`,
    );
    const id = await accepted(api, workflow);
    const failed = await ended(api, id);
    await database.query('ALTER TABLE execution_steps DROP CONSTRAINT refused');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'step.unstorable', step: 'shape' } });
    expect(failed.error?.message).toContain('23514');
    expect(await startsOf(id)).toBe(1);
  });

  it('fails it even when it cannot be begun', async () => {
    const workflow = await createWorkflow(api, [transform('1')]);
    await database.query(
      `ALTER TABLE executions ADD CONSTRAINT refused CHECK (status <> 'running') NOT VALID`,
    );
    const id = await accepted(api, workflow);
    const failed = await ended(api, id);
    await database.query('ALTER TABLE executions DROP CONSTRAINT refused');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'execution.unstorable' } });
    expect((await execution(api, id))?.startedAt).toBeNull();
  });
});
