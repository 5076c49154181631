import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { LlmProvider } from '../fixtures/llm-provider.js';
import { CLIENT, OPERATOR, Platform, accept, createWorkflow, ended, execute } from '../fixtures/platform.js';
import type { Probity } from '../fixtures/probity.js';

/** A service that a step calls: fails as often as it is told, then answers. */
let service: Server;
let failures = 0;
let platform: Platform;
let api: Probity;
let worker: Probity;

beforeAll(async () => {
  service = createServer((_request, response) => {
    failures -= 1;
    response.statusCode = failures >= 0 ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    response.end('{"answer":42}');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const provider = await LlmProvider.start();
  platform = await Platform.create({
    HTTP_STEP_ALLOW_HOSTS: '127.0.0.1',
    OPENAI_API_KEY: 'sk-executions-000000000000',
    OPENAI_BASE_URL: provider.url,
  });
  [api, worker] = await Promise.all([platform.api(), platform.worker()]);
});
afterAll(() => {
  service.close();
});

describe('an execution', () => {
  it('runs steps of every kind, and a later one sees what the earlier ones gave', async () => {
    const { port } = service.address() as { port: number };
    const workflow = await createWorkflow(api, [
      { id: 'pause', kind: 'delay', ms: 5 },
      { id: 'call', kind: 'http', method: 'GET', url: `http://127.0.0.1:${port}/` },
      { id: 'shape', kind: 'transform', expression: '{ "n": input.n, "steps": $keys(steps) }' },
      { id: 'ask', kind: 'llm', prompt: 'Say hello.' },
    ]);
    const id = await accept(api, workflow, { n: 7 });
    const execution = await ended(api, id);
    expect(execution).toMatchObject({
      status: 'succeeded',
      workflowId: workflow,
      input: { n: 7 },
      error: null,
    });
    expect(execution.steps[2].output).toEqual({ n: 7, steps: ['pause', 'call'] });
    expect(
      execution.steps.map((step: { kind: string; attempts: number }) => [step.kind, step.attempts]),
    ).toEqual([
      ['delay', 1],
      ['http', 1],
      ['transform', 1],
      ['llm', 1],
    ]);
  });

  it('tries a step again that failed for a passing reason, and records every try', async () => {
    failures = 1;
    const { port } = service.address() as { port: number };
    const workflow = await createWorkflow(api, [
      { id: 'call', kind: 'http', method: 'GET', url: `http://127.0.0.1:${port}/` },
    ]);
    const execution = await ended(api, await accept(api, workflow));
    expect(execution).toMatchObject({ status: 'succeeded', steps: [{ attempts: 2, status: 'succeeded' }] });
    expect(execution.steps[0].failures).toHaveLength(1);
  });

  it('fails with the step and the reason when a step cannot succeed', async () => {
    const workflow = await createWorkflow(api, [
      { id: 'wrong', kind: 'transform', expression: '$error("as it was told")' },
      { id: 'never', kind: 'delay', ms: 1 },
    ]);
    const execution = await ended(api, await accept(api, workflow));
    expect(execution.status).toBe('failed');
    expect(JSON.stringify(execution.error)).toContain('wrong');
    expect(execution.steps[0].error).not.toBeNull();
    expect(execution.steps[1].status).not.toBe('succeeded');
  });

  it('is the same one when the same Idempotency-Key comes again, and another when it comes with another body', async () => {
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
    const [first, second] = await Promise.all([
      execute(api, workflow, { a: 1 }, 'key-1'),
      execute(api, workflow, { a: 1 }, 'key-1'),
    ]);
    const third = await execute(api, workflow, { a: 1 }, 'key-1');
    expect(third.status).toBe(202);
    for (const each of [first, second]) if (each.status === 202) expect(each.json.id).toBe(third.json.id);
    expect((await execute(api, workflow, { a: 2 }, 'key-1')).status).toBeGreaterThanOrEqual(409);
    const listed = (await api.get(`/api/executions?workflowId=${workflow}`, CLIENT)).json as {
      items: unknown[];
    };
    expect(listed.items).toHaveLength(1);
  });

  it('is cancelled while it runs, once, and stays so', async () => {
    const workflow = await createWorkflow(api, [{ id: 'long', kind: 'delay', ms: 60_000 }]);
    const id = await accept(api, workflow);
    await eventually(async () => (await api.get(`/api/executions/${id}`, CLIENT)).json.status === 'running');
    expect((await api.post(`/api/executions/${id}/cancel`, {}, CLIENT)).status).toBe(202);
    expect((await ended(api, id)).status).toBe('cancelled');
    // The slot is free again soon: the worker notices and stops the step.
    await api.until(
      '/api/production/queue/heartbeat',
      (reply) => reply.json.queueDepths.execution.active === 0,
      {
        headers: OPERATOR,
      },
    );
    expect((await api.post(`/api/executions/${id}/cancel`, {}, CLIENT)).status).toBe(409);
    expect((await api.get(`/api/executions/${id}`, CLIENT)).json.status).toBe('cancelled');
  });

  it('is found by its page, its status and its workflow', async () => {
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await accept(api, workflow));
    for (const id of ids) await ended(api, id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await api.get(
        `/api/executions?workflowId=${workflow}&status=succeeded&limit=2${query}`,
        CLIENT,
      );
      expect(page.status).toBe(200);
      const { items, nextCursor } = page.json as { items: { id: string }[]; nextCursor: string | null };
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor;
    }
    expect(seen.sort()).toEqual([...ids].sort());
    const workflows = (await api.get('/api/workflows?limit=1', CLIENT)).json as { items: unknown[] };
    expect(workflows.items).toHaveLength(1);
  });
});

describe('other ways to run', () => {
  it('has the api work itself with ENABLE_INLINE_WORKER, and says so', async () => {
    const inline = await Platform.create({ ENABLE_INLINE_WORKER: 'true' });
    const alone = await inline.api();
    const workflow = await createWorkflow(alone, [{ id: 'pause', kind: 'delay', ms: 1 }]);
    expect((await ended(alone, await accept(alone, workflow))).status).toBe('succeeded');
    const heartbeat = await alone.until('/api/production/queue/heartbeat', (reply) => reply.status === 200, {
      headers: OPERATOR,
    });
    expect(heartbeat.json).toMatchObject({ inlineWorker: true, worker: { started: true } });
  });

  it('is never ready with the in-memory driver, and says why', async () => {
    const memory = await platform.api({ QUEUE_DRIVER: 'inmemory' });
    const ready = await memory.until(
      '/api/production/ready',
      (reply) => !reply.text.includes('not answered yet'),
      {
        headers: OPERATOR,
      },
    );
    expect(ready.status).toBe(503);
    expect(ready.json.checks.queue).toBe(false);
    expect(ready.json.queueHealth).toMatchObject({
      status: 'fail',
      durable: false,
      message: 'Queue driver is running in non-durable in-memory mode. Jobs will not be persisted.',
    });
    expect((await memory.get('/livez')).status).toBe(200);
  });

  it('keeps the worker alive and its probes quick while nothing is wrong', async () => {
    expect((await worker.get('/readyz')).status).toBe(200);
    expect((await worker.request('HEAD', '/livez')).text).toBe('');
  });
});
