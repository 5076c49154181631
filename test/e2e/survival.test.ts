import { beforeAll, describe, expect, it } from '@jest/globals';
import { crowd, eventually } from '../fixtures/eventually.js';
import { CLIENT, Platform, accept, createWorkflow, ended, execute } from '../fixtures/platform.js';
import type { Probity } from '../fixtures/probity.js';

/** Short timeouts make loss visible sooner; they weaken nothing. */
const QUICK = { WORKER_HEARTBEAT_INTERVAL_MS: '500', WORKER_HEARTBEAT_TIMEOUT_MS: '3000' };

let platform: Platform;
let api: Probity;
beforeAll(async () => {
  platform = await Platform.create(QUICK);
  api = await platform.api();
});

describe('an accepted execution is finished', () => {
  it('runs to its end and shows every step', async () => {
    const worker = await platform.worker();
    const workflow = await createWorkflow(api, [
      { id: 'pause', kind: 'delay', ms: 20 },
      { id: 'shape', kind: 'transform', expression: 'input.n * 2' },
    ]);
    const accepted = await execute(api, workflow, { n: 21 });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('location')).toBe(`/api/executions/${accepted.json.id}`);
    const execution = await ended(api, accepted.json.id as string);
    expect(execution).toMatchObject({ status: 'succeeded', result: 42, error: null });
    expect(execution.steps.map((step: { status: string }) => step.status)).toEqual([
      'succeeded',
      'succeeded',
    ]);
    await worker.process.stop();
  });

  it('though its worker is killed with -9 in the middle', async () => {
    const first = await platform.worker();
    const workflow = await createWorkflow(api, [
      { id: 'once', kind: 'transform', expression: '"kept"' },
      { id: 'pause', kind: 'delay', ms: 3000 },
    ]);
    const id = await accept(api, workflow);
    await eventually(
      async () => (await api.get(`/api/executions/${id}`, CLIENT)).json.steps[0].status === 'succeeded',
      { what: 'the first step done' },
    );
    await first.process.kill();
    const second = await platform.worker();
    const execution = await ended(api, id, 90_000);
    expect(execution.status).toBe('succeeded');
    // The step that had succeeded before the crash was not run again.
    expect(execution.steps[0]).toMatchObject({ id: 'once', attempts: 1, output: 'kept' });
    await second.process.stop();
  });

  it('though Redis loses all its data while it waits', async () => {
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 10 }]);
    const id = await accept(api, workflow);
    await platform.redis.command('FLUSHALL');
    const worker = await platform.worker();
    expect((await ended(api, id, 60_000)).status).toBe('succeeded');
    await api.until('/api/production/ready', (reply) => reply.json.checks.queue === true, {
      timeoutMs: 30_000,
    });
    await worker.process.stop();
  });

  it('though Redis is killed and comes back', async () => {
    const worker = await platform.worker();
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 500 }]);
    const id = await accept(api, workflow);
    await platform.redis.kill();
    await api.until('/api/production/ready', (reply) => reply.json.checks.queue === false);
    await platform.redis.restart();
    expect((await ended(api, id, 60_000)).status).toBe('succeeded');
    await worker.process.stop();
  });
});

describe('a refused execution', () => {
  it('is refused within a second while Redis is down, and nothing was accepted', async () => {
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 10 }]);
    await platform.redis.kill();
    const before = performance.now();
    const refused = await execute(api, workflow);
    expect(performance.now() - before).toBeLessThan(3000 * crowd());
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    const listed = (await api.get(`/api/executions?workflowId=${workflow}`, CLIENT)).json as {
      items: unknown[];
    };
    expect(listed.items).toEqual([]);
    await platform.redis.restart();
  });
});
