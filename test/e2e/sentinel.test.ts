import { describe, expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { createWorkflow, ended, execute, OPERATOR, Platform } from '../fixtures/platform.js';
import { Sentinels } from '../fixtures/sentinel.js';

describe('a platform whose Redis is named by Sentinels', () => {
  it('runs what it accepted before and after its primary died', async () => {
    const sentinels = await Sentinels.start();
    // Blank is unset: the address of its own Redis gives way.
    const platform = await Platform.create({ REDIS_URL: '', ...sentinels.env() });
    const [api, worker] = await Promise.all([platform.api(), platform.worker()]);
    const ready = (what: string) =>
      api.until('/readyz/queue', ({ status }) => status === 200, {
        headers: OPERATOR,
        timeoutMs: 60_000,
        what,
      });
    await ready('the queue');
    const workflow = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 10 }]);
    const before = await execute(api, workflow);
    expect((await ended(api, before.json.id as string)).status).toBe('succeeded');

    const waits = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 4000 }]);
    const across = await execute(api, waits);
    await sentinels.primary.kill();
    await sentinels.promoted();
    await ready('the queue of the new primary');
    // The connection of whoever accepts comes back within a second; until then a client is told to.
    const after = await eventually(
      async () => {
        const reply = await execute(api, workflow);
        return reply.status === 202 && reply;
      },
      { timeoutMs: 20_000, intervalMs: 200, what: 'an accepted execution' },
    );
    for (const { json } of [after, across])
      expect((await ended(api, json.id as string, 60_000)).status).toBe('succeeded');
    expect((await worker.get('/livez')).status).toBe(200);
  });
});
