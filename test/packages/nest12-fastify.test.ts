import { expect, it } from '@jest/globals';
import { ask, describeNestApp } from './nest-app.js';

describeNestApp('nest12-fastify', { code: 3 }, (host) => {
  it('keeps its registry of metrics, and ours are in it', async () => {
    const { text } = await ask(host.api, '/metrics');
    expect(text).toContain('shop_metrics_asked_total 1');
    expect(text).toMatch(/^probity_/m);
  });

  it('has its own check on the board, with its own code', async () => {
    const { status, json } = await ask(host.api, '/readyz?verbose');
    expect(status).toBe(200);
    expect(json.checks.shop).toMatchObject({
      status: 'pass',
      code: 'shop.open',
      runbook: 'https://shop.example/runbook#shopopen',
    });
  });
});
