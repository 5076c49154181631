import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { chat, fakeWorker, ready } from '../fixtures/app-server.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';

const SECRETS = {
  ...PRODUCTION,
  DATABASE_URL: 'postgres://app:pass-of-the-database@127.0.0.1:1/app',
  QUEUE_REDIS_PORT: '1',
  QUEUE_REDIS_PASSWORD: 'pass-of-the-queue',
  OPENAI_API_KEY: 'sk-key-of-the-provider-1',
  SOMEBODYS_TOKEN: 'token-of-somebody-else',
};
const shown = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'latin1').replaceAll('\0', '');

describe('the environment that /proc shows', () => {
  it.each([
    ['the api', () => Probity.api(SECRETS)],
    ['a worker', () => Probity.worker(SECRETS)],
    ['an app-server worker', () => Probity.appServer(SECRETS)],
  ])('of %s is empty once it runs', async (_name, start) => {
    const probity = await start();
    expect(shown(probity.process.pid)).toBe('');
  });

  it('of the child has what codex needs, and the child starts', async () => {
    const worker = await fakeWorker('well', { CHILD_KEY: 'key-of-the-child-1234', ...SECRETS });
    await ready(worker);
    const bearer = { authorization: `Bearer ${String(PRODUCTION['OPS_TOKEN'])}` };
    const { json } = await worker.get('/healthz', bearer);
    const given = readFileSync(`/proc/${json.worker_supervisor.pid}/environ`, 'latin1');
    expect(given).toContain('CHILD_KEY=key-of-the-child-1234');
    expect(given).toContain('OPENAI_API_KEY=');
    expect(given).not.toMatch(/pass-of|API_TOKEN|OPS_TOKEN|AUTH_SECRET/);
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
