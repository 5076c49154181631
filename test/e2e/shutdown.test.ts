import { once } from 'node:events';
import { request } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { CLIENT, OPERATOR, Platform, accept, createWorkflow, ended } from '../fixtures/platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.create();
});

describe('graceful shutdown of the api', () => {
  it('turns readiness red at once, stays alive and open for the drain delay, and exits 0', async () => {
    const api = await platform.api({ DRAIN_DELAY_MS: '5000' });
    api.process.signal('SIGTERM');
    const readyz = await api.until(
      '/readyz',
      (reply) => reply.json.checks.process.code === 'process.draining',
      {
        timeoutMs: 1000,
        headers: OPERATOR,
      },
    );
    expect(readyz.status).toBe(503);
    expect((await api.get('/livez')).status).toBe(200);
    expect(await api.process.exited).toMatchObject({ code: 0, signal: null });
  });

  it('finishes a request that is under way, and closes the listener last', async () => {
    const api = await platform.api();
    const { port } = new URL(api.url);
    // The body is held back, and the api has said that it waits for it: the request is under way when the signal comes.
    const body = JSON.stringify({ name: 'x', steps: [] });
    const underWay = request({
      port,
      method: 'POST',
      path: '/api/workflows',
      headers: {
        ...CLIENT,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    const answered = new Promise<number>((resolve, reject) => {
      underWay.once('response', (response) => resolve(response.statusCode ?? 0));
      underWay.once('error', reject);
    });
    underWay.flushHeaders();
    await once(underWay, 'continue');
    api.process.signal('SIGTERM');
    await api.process.waitForLine('draining');
    underWay.end(body);
    expect(await answered).toBe(400);
    expect((await api.process.exited).code).toBe(0);
  });

  it('exits at once at the second signal', async () => {
    const api = await platform.api({ DRAIN_DELAY_MS: '60000' });
    api.process.signal('SIGTERM');
    await api.process.waitForLine('draining');
    api.process.signal('SIGTERM');
    expect((await api.process.exited).code).toBe(143);
  });
});

describe('graceful shutdown of the execution worker', () => {
  it('takes no new job, finishes the one it has, says goodbye, and exits 0', async () => {
    const api = await platform.api();
    const worker = await platform.worker({ WORKER_ID: 'leaver', WORKER_CONCURRENCY: '1' });
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1500 }]);
    const first = await accept(api, workflow);
    await eventually(
      async () => (await api.get(`/api/executions/${first}`, CLIENT)).json.status === 'running',
    );
    worker.process.signal('SIGTERM');
    await worker.until('/readyz', (reply) => reply.status === 503, { timeoutMs: 1000 });
    const second = await accept(api, workflow);
    expect(await worker.process.exited).toMatchObject({ code: 0 });
    expect((await api.get(`/api/executions/${first}`, CLIENT)).json.status).toBe('succeeded');
    expect((await api.get(`/api/executions/${second}`, CLIENT)).json.status).toBe('queued');
    const heartbeat = await api.until(
      '/api/production/queue/heartbeat',
      (reply) =>
        reply.json.workers.some(
          (row: { id: string; state: string }) => row.id === 'leaver' && row.state === 'stopped',
        ),
      { headers: OPERATOR },
    );
    expect(heartbeat.status).toBe(503);
    await platform.worker();
    expect((await ended(api, second)).status).toBe('succeeded');
  });
});
