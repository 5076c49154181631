import { expect, it } from '@jest/globals';
import { ask, describeNestApp } from './nest-app.js';

describeNestApp('nest11-express', { exit: { signal: 'SIGTERM' } }, (host) => {
  it('keeps its logger: every line is JSON, with a message that is a line, ours as well', () => {
    const lines = [...host.api.process.stdout.trim().split('\n')];
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ message: expect.any(String) });
  });

  it('has its own indicator on the board', async () => {
    expect(await ask(host.api, '/readyz/heap')).toMatchObject({ status: 200 });
  });

  it('needs no prom-client, and has none', async () => {
    const { code } = await host.app.run('npm', ['ls', 'prom-client']);
    expect(code).not.toBe(0);
  });
});
