import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Database } from '../../../src/modules/database/index.js';
import { ProblemFilter } from '../../../src/modules/http/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { compileExecutions, ended, stop } from './executions-fixture.js';

type Method = 'GET' | 'POST';
interface Call {
  body?: unknown;
  headers?: Record<string, string>;
}

let redis: RedisServer;
let database: TestDatabase;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  [redis, database] = await Promise.all([RedisServer.start(), TestDatabase.migrated()]);
  const parts = await compileExecutions({ REDIS_URL: redis.url, DATABASE_URL: database.url }, { work: true });
  app = parts.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  atEnd(() => stop(app));
});

async function call(method: Method, path: string, { body, headers = {} }: Call = {}) {
  const reply = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- read as a client of the wire does
  const json = (await reply.json()) as any;
  return { status: reply.status, header: (name: string) => reply.headers.get(name), json };
}
const definition = { name: 'hello', steps: [{ id: 'pause', kind: 'delay', ms: 1 }] };
/** A machine that is busy may have no time to check an expression, and says so. */
const create = (body: unknown) =>
  eventually(
    async () => {
      const reply = await call('POST', '/api/workflows', { body });
      return reply.status !== 503 && reply;
    },
    { timeoutMs: 60_000, what: 'an answer about the workflow' },
  );
const newWorkflow = async (body: unknown = definition): Promise<string> => (await create(body)).json.id;
/** As a client does that is told to come back. */
const submit = (workflow: string, options: Call = {}) =>
  eventually(async () => {
    const reply = await call('POST', `/api/workflows/${workflow}/executions`, options);
    const comesBack = reply.status === 503 || reply.json.code === 'idempotency.in_progress';
    return !comesBack && reply;
  });
const when = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('workflows', () => {
  it('are created, read and listed, newest first', async () => {
    const created = await call('POST', '/api/workflows', { body: definition });
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      id: expect.any(String),
      name: 'hello',
      createdAt: when,
      timestamp: when,
    });
    expect((await call('GET', `/api/workflows/${created.json.id}`)).json).toMatchObject(definition);
    const listed = (await call('GET', '/api/workflows?limit=1')).json;
    expect(listed.items).toEqual([{ id: created.json.id, name: 'hello', steps: 1, createdAt: when }]);
  });
});

describe('the expressions of a workflow', () => {
  const transforms = (...expressions: string[]) => ({
    name: 'x',
    steps: expressions.map((expression, n) => ({ id: `s${n}`, kind: 'transform', expression })),
  });

  it('are compiled before it is created, and the step of a wrong one is named', async () => {
    expect((await create(transforms('1', 'input.a & "x"'))).status).toBe(201);
    const reply = await create(transforms('1', '(('));
    expect(reply).toMatchObject({ status: 400, json: { code: 'workflow.invalid' } });
    expect(reply.json.errors).toEqual([
      {
        path: 'steps[1].expression',
        message: expect.stringContaining('step "s1": expression does not compile'),
      },
    ]);
  });

  it('block nothing, however long they take to compile', async () => {
    // Within what a chain may hold, and slow to compile all the same when there are many.
    const nested = (depth: number): string =>
      depth === 0 ? `a${'.*'.repeat(480)}` : `a[${nested(depth - 1)}]${'.*'.repeat(480)}`;
    const body = transforms(...Array.from({ length: 25 }, () => nested(8)));
    let longest = 0;
    let last = performance.now();
    const look = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    const cpu = process.cpuUsage();
    const reply = await call('POST', '/api/workflows', { body });
    const { user } = process.cpuUsage(cpu);
    clearInterval(look);
    expect([201, 400, 503]).toContain(reply.status);
    // Of this process, which is the api: what compiles is another one.
    expect(user / 1000).toBeLessThan(1500);
    expect(longest).toBeLessThan(5000 * crowd());
  });
});

describe('executions', () => {
  it('are accepted with 202 and a place to look', async () => {
    const workflow = await newWorkflow();
    const reply = await submit(workflow, { body: { input: { a: [1] } } });
    expect(reply.status).toBe(202);
    expect(reply.json).toEqual({ id: expect.any(String), status: 'queued', timestamp: when });
    expect(reply.header('location')).toBe(`/api/executions/${reply.json.id}`);
    await ended(app, reply.json.id as string);
    expect((await call('GET', reply.header('location') ?? '')).json).toEqual({
      id: reply.json.id,
      workflowId: workflow,
      status: 'succeeded',
      input: { a: [1] },
      result: { ms: 1 },
      error: null,
      steps: [
        {
          id: 'pause',
          kind: 'delay',
          status: 'succeeded',
          attempts: 1,
          startedAt: when,
          finishedAt: when,
          output: { ms: 1 },
          error: null,
          failures: [],
        },
      ],
      createdAt: when,
      startedAt: when,
      finishedAt: when,
      timestamp: when,
    });
  });

  it('need no body, and keep an input that PostgreSQL would rather not', async () => {
    const workflow = await newWorkflow();
    const bare = await submit(workflow);
    expect((await call('GET', `/api/executions/${bare.json.id}`)).json.input).toEqual({});
    const odd = await submit(workflow, { body: { input: { nul: '\u0000', half: '\ud800' } } });
    expect(odd.status).toBe(202);
    expect((await call('GET', `/api/executions/${odd.json.id}`)).json.input.nul).toBe('\u0000');
  });

  it('of one idempotency key are one, and of another request are none', async () => {
    const workflow = await newWorkflow();
    const headers = { 'idempotency-key': 'key-1' };
    const first = await submit(workflow, { headers, body: { input: 1 } });
    const again = await submit(workflow, { headers, body: { input: 1 } });
    expect([again.status, again.json.id]).toEqual([202, first.json.id]);
    const other = await submit(workflow, { headers, body: { input: 2 } });
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency.key_reused' } });
    const bad = await submit(workflow, { headers: { 'idempotency-key': 'x'.repeat(256) } });
    expect(bad).toMatchObject({ status: 400, json: { errors: [{ path: 'Idempotency-Key' }] } });
  });

  it('are listed page by page, each once, by status and workflow', async () => {
    const workflow = await newWorkflow();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await submit(workflow)).json.id);
    await Promise.all(ids.map((id) => ended(app, id)));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `workflowId=${workflow}&status=succeeded&limit=2${cursor && `&cursor=${cursor}`}`;
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await call('GET', `/api/executions?${query}`)
      ).json;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.reverse());
    expect((await call('GET', `/api/executions?workflowId=${workflow}&status=failed`)).json.items).toEqual(
      [],
    );
  });

  it('may hold so much output and no more, all steps together', async () => {
    const steps = Array.from({ length: 4 }, (_, n) => ({
      id: `s${n}`,
      kind: 'transform',
      expression: '$pad("x", 250000, "\u8a9e")',
    }));
    const { id } = (await submit(await newWorkflow({ name: 'large', steps }))).json;
    expect(await ended(app, id as string)).toMatchObject({
      status: 'failed',
      error: { code: 'execution.outputs_too_large', step: 's2' },
    });
    const shown = (await call('GET', `/api/executions/${id}`)).json;
    expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(3 * 1024 * 1024);
    expect(shown.steps[1].output).toHaveLength(250_000);
  });

  it('are shown without outputs that are too large together, as earlier versions kept them', async () => {
    const steps = Array.from({ length: 12 }, (_, n) => ({ id: `s${n}`, kind: 'delay', ms: 1 }));
    const { id } = (await submit(await newWorkflow({ name: 'large', steps }))).json;
    await ended(app, id as string);
    await app
      .get(Database)
      .query(`UPDATE execution_steps SET output = to_json(repeat('x', 1000000)) WHERE execution_id = $1`, [
        id,
      ]);
    const shown = (await call('GET', `/api/executions/${id}`)).json;
    expect(shown.steps[0].output).toHaveLength(1_000_000);
    expect(shown.steps[0]).not.toHaveProperty('outputOmitted');
    expect(shown.steps[11]).toMatchObject({ output: null, outputOmitted: true });
  });

  it('are the same for the same body, whatever the order of its members', async () => {
    const workflow = await newWorkflow();
    const headers = { 'idempotency-key': 'order' };
    const one = await submit(workflow, { body: { input: { a: 1, b: { c: 2, d: [3] } } }, headers });
    const other = await submit(workflow, { body: { input: { b: { d: [3], c: 2 }, a: 1 } }, headers });
    expect(other.status).toBe(202);
    expect(other.json.id).toBe(one.json.id);
    const different = await submit(workflow, { body: { input: { a: 1, b: { c: 2, d: [4] } } }, headers });
    expect(different.status).toBe(422);
  });

  it('can be cancelled until they have ended', async () => {
    const workflow = await newWorkflow({ name: 'x', steps: [{ id: 'a', kind: 'delay', ms: 60_000 }] });
    const { id } = (await submit(workflow)).json;
    expect(await call('POST', `/api/executions/${id}/cancel`)).toMatchObject({
      status: 202,
      json: { id, status: 'cancelled' },
    });
    expect(await call('POST', `/api/executions/${id}/cancel`)).toMatchObject({
      status: 409,
      json: { code: 'execution.ended' },
    });
  });

  it.each([
    ['POST', '/api/workflows/nothing/executions', 404, 'workflow.not_found'],
    ['POST', '/api/workflows/00000000-0000-4000-8000-000000000000/executions', 404, 'workflow.not_found'],
    ['GET', '/api/executions/nothing', 404, 'execution.not_found'],
    ['POST', '/api/executions/00000000-0000-4000-8000-000000000000/cancel', 404, 'execution.not_found'],
    ['GET', '/api/executions?limit=101', 400, 'request.invalid'],
    ['GET', '/api/executions?limit=0', 400, 'request.invalid'],
    ['GET', '/api/executions?limit=1&limit=2', 400, 'request.invalid'],
    ['GET', '/api/executions?status=done', 400, 'request.invalid'],
    ['GET', '/api/workflows?status=queued', 400, 'request.invalid'],
  ] as const)('%s %s is %i %s, as problem details', async (method, path, status, code) => {
    const reply = await call(method, path);
    expect(reply.header('content-type')).toContain('application/problem+json');
    expect(reply).toMatchObject({ status, json: { status, code, title: expect.any(String) } });
  });
});

describe('while a table is locked', () => {
  it.each([
    ['executions', ['POST /api/workflows/$id/executions', 'GET /api/executions', 'GET /api/executions/$id']],
    [
      'workflows',
      [
        'POST /api/workflows',
        'POST /api/workflows/$id/executions',
        'GET /api/workflows',
        'GET /api/workflows/$id',
        'GET /api/executions/$id',
      ],
    ],
  ])('everything that needs it is refused with 503 and says so: %s', async (table, requests) => {
    const workflow = await newWorkflow();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const ask = async (request: string) => {
      const [method, path = ''] = request.split(' ') as [Method, string];
      const body = path === '/api/workflows' ? definition : {};
      const began = performance.now();
      const { status, header, json } = await call(
        method,
        path.replace('$id', workflow),
        method === 'POST' ? { body } : {},
      );
      expect({ request, status, again: header('retry-after') }).toEqual({ request, status: 503, again: '1' });
      expect(performance.now() - began).toBeLessThan(3000 * crowd());
      return json.code;
    };
    // Where the machine is so busy that Postgres itself is late, the reason comes with the next try.
    await Promise.all(
      requests.map((what) => eventually(async () => (await ask(what)) === 'database.locked', { what })),
    );
    await client.end();
  });
});

describe('while the queue takes no work', () => {
  it('an execution is refused with 503, Retry-After and public words', async () => {
    const workflow = await newWorkflow();
    await redis.kill();
    const reply = await call('POST', `/api/workflows/${workflow}/executions`);
    expect(reply.status).toBe(503);
    expect(reply.header('retry-after')).toBe('1');
    expect(reply.json.detail).toContain('Nothing was accepted');
    expect(reply.json.detail).not.toContain('127.0.0.1');
    await redis.restart();
    await ended(app, (await submit(workflow)).json.id as string);
  });
});
