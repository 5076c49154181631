import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chat, fakeWorker, ready } from '../fixtures/app-server.js';
import { atEnd } from '../fixtures/cleanup.js';
import { eventually } from '../fixtures/eventually.js';
import { shown, treeOf } from '../fixtures/proc.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';
import { TestProcess } from '../fixtures/process.js';
import { tempDir } from '../fixtures/temp-dir.js';

const SECRETS = {
  ...PRODUCTION,
  DATABASE_URL: 'postgres://app:pass-of-the-database@127.0.0.1:1/app',
  QUEUE_REDIS_PORT: '1',
  QUEUE_REDIS_PASSWORD: 'pass-of-the-queue',
  OPENAI_API_KEY: 'sk-key-of-the-provider-1',
  SOMEBODYS_TOKEN: 'token-of-somebody-else',
};
/** Of Probity's own settings, which no child is given. */
const OURS = /pass-of|API_TOKEN|OPS_TOKEN|AUTH_SECRET/;

describe('the environment that /proc shows', () => {
  it.each([
    ['the api', () => Probity.api(SECRETS)],
    ['a worker', () => Probity.worker(SECRETS)],
    ['an app-server worker', () => Probity.appServer(SECRETS)],
  ])('of %s is empty once it runs', async (_name, start) => {
    const probity = await start();
    const tree = treeOf(probity.process.pid);
    expect(tree.length).toBeGreaterThan(1);
    for (const { environ } of tree) expect(environ.replace(/^PWD=\S*$/, '')).toBe('');
  });

  it('of the migrations is empty while they wait for their database', async () => {
    const asked: Socket[] = [];
    const silent = createServer((socket) => void asked.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    atEnd(() => {
      for (const socket of asked) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const env = { ...SECRETS, DATABASE_URL: `postgres://app:pass-of-the-database@127.0.0.1:${port}/app` };
    const migrate = await TestProcess.start('dist/modules/database/migrate.js', { env });
    await eventually(() => asked.length > 0, { timeoutMs: 30_000, what: 'the migrations at their database' });
    for (const { environ, cmdline } of treeOf(migrate.pid)) {
      expect(environ.replace(/^PWD=\S*$/, '')).toBe('');
      expect(cmdline).not.toContain('pass-of');
    }
    await migrate.kill();
  });

  it('of the child has what codex needs, and the child starts', async () => {
    const worker = await fakeWorker('well', { CHILD_KEY: 'key-of-the-child-1234', ...SECRETS });
    await ready(worker);
    const bearer = { authorization: `Bearer ${String(PRODUCTION['OPS_TOKEN'])}` };
    const { json } = await worker.get('/healthz', bearer);
    const child = json.worker_supervisor.pid as number;
    const given = shown(child).environ;
    expect(given).toContain('CHILD_KEY=key-of-the-child-1234');
    expect(given).toContain('OPENAI_API_KEY=');
    expect(given).not.toMatch(OURS);
    // Nor has anything around it, its guard and what waits for it, what it is given itself.
    const others = treeOf(worker.process.pid).filter(({ pid }) => pid !== child);
    expect(others.length).toBeGreaterThan(2);
    // Where it is, each shell says by itself.
    expect(others.map(({ environ }) => environ.replace(/PWD=\S*/, '')).join('')).toBe('');
  });

  it('of a command that is only tried out, or asked for its help, has nothing of ours', async () => {
    const seen = join(tempDir('seen'), 'environ');
    const command = `/bin/sh -c 'tr "\\0" "\\n" </proc/self/environ >>${seen}; echo >>${seen}; echo "Usage: other"' sh`;
    const worker = await fakeWorker('well', { ...SECRETS, APP_SERVER_COMMAND: command });
    await worker.process.waitForLine('knows no app-server');
    const given = readFileSync(seen, 'utf8');
    expect(given.split('\n\n').length).toBeGreaterThan(2);
    expect(given).toContain('OPENAI_API_KEY=');
    expect(given).not.toMatch(OURS);
  });
});

describe('a process that watches no queue', () => {
  it('answers nothing for the platform, and says who does', async () => {
    const worker = await fakeWorker('well');
    for (const path of ['ready', 'health', 'queue/heartbeat']) {
      const { status, json } = await worker.get(`/api/production/${path}`);
      expect(status).toBe(404);
      expect(json).toMatchObject({ code: 'probe.not_the_api', detail: expect.stringContaining('PORT') });
    }
  });
});

describe('a completion', () => {
  it('uses the model that codex is configured with, named or not', async () => {
    const worker = await fakeWorker('well', { FAKE_MODEL: 'model-of-config-toml' });
    await ready(worker);
    for (const body of [{}, { model: 'model-of-config-toml' }]) {
      const { status, json } = await chat(worker, body);
      expect([status, json.model]).toEqual([200, 'model-of-config-toml']);
    }
    expect((await worker.get('/v1/models')).json.data[0].id).toBe('model-of-config-toml');
    expect((await chat(worker, { model: 'no-such-model' })).status).toBe(404);
  });

  it('that fails tells nothing that only the child was given', async () => {
    const worker = await fakeWorker('fails-turns', { VENDOR_AUTH: 'opaque-value-of-the-child' });
    await ready(worker);
    const { status, text } = await chat(worker, {});
    expect(status).toBe(502);
    expect(text).toContain('[redacted]');
    expect(text.toLowerCase()).not.toContain('opaque-value');
    const { json } = await worker.get('/healthz');
    expect(JSON.stringify(json)).not.toContain('opaque-value');
  });
});

describe('a command that is not codex app-server', () => {
  it('is told from one by its help, with what to set', async () => {
    const worker = await fakeWorker('shows-usage');
    const { json } = await worker.until(
      '/readyz/app-server',
      ({ text }) => text.includes('APP_SERVER_COMMAND'),
      { what: 'the advice' },
    );
    expect(JSON.stringify(json)).toContain('does not name the subcommand app-server');
  });
});
