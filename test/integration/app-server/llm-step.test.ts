import { expect, it } from '@jest/globals';
import { fakeWorker, ready } from '../../fixtures/app-server.js';
import { createWorkflow, ended, execute, OPERATOR, Platform } from '../../fixtures/platform.js';
import { PRODUCTION } from '../../fixtures/probity.js';

it('an llm step of an execution goes through the supervised app-server', async () => {
  const worker = await fakeWorker('well', {
    ...PRODUCTION,
    WORKER_PROBE_INTERVAL_MS: '2000',
    WORKER_PROBE_TIMEOUT_MS: '2000',
  });
  await ready(worker);
  const platform = await Platform.create({
    PROXY_USE_APP_SERVER: 'true',
    APP_SERVER_PORT: new URL(worker.url).port,
  });
  const [api] = await Promise.all([platform.api(), platform.worker()]);
  await api.until('/readyz/llm', ({ status }) => status === 200, { headers: OPERATOR });
  const steps = [{ id: 'ask', kind: 'llm', provider: 'app-server', prompt: 'say 3' }];
  const workflow = await createWorkflow(api, steps);
  const accepted = await execute(api, workflow);
  expect(accepted.status).toBe(202);
  const execution = await ended(api, accepted.json.id as string);
  expect(execution).toMatchObject({ status: 'succeeded' });
  expect(JSON.stringify(execution.steps[0].output)).toContain('w0 w1 w2 ');
});
