import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { freePort } from '../fixtures/ports.js';
import { ask, describeNestApp } from './nest-app.js';

describeNestApp('nest11-express', { exit: { signal: 'SIGTERM' } }, (host) => {
  it('keeps its logger: every line is JSON, with a message that is a line, ours as well', () => {
    const lines = [...host.api.process.stdout.trim().split('\n')];
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ message: expect.any(String) });
  });

  it('is asked by the health check of the page as Docker would ask it', async () => {
    const page = readFileSync(new URL('../../docs/adopting.md', import.meta.url), 'utf8');
    const [, code = ''] = /\['CMD', 'node', '-e', "(.*)"\]/.exec(page) ?? [];
    expect(code).toContain('http://127.0.0.1:3000/readyz');
    const check = (url: string) => host.app.run('node', ['-e', code.replace('http://127.0.0.1:3000', url)]);
    expect(await check(host.api.url)).toEqual({ code: 0, output: '' });
    expect(await check(`http://127.0.0.1:${await freePort()}`)).toEqual({ code: 1, output: '' });
    expect(await check(`${host.api.url}/none`)).toEqual({ code: 1, output: '' });
  });

  it('has its own indicator on the board', async () => {
    expect(await ask(host.api, '/readyz/heap')).toMatchObject({ status: 200 });
  });

  it('needs no prom-client, and has none', async () => {
    const { code } = await host.app.run('npm', ['ls', 'prom-client']);
    expect(code).not.toBe(0);
  });
});
