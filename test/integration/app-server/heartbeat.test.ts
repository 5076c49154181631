import { beforeAll, describe, expect, it } from '@jest/globals';
import { fakeWorker, ready } from '../../fixtures/app-server.js';
import { Probity, type Reply } from '../../fixtures/probity.js';
import { RedisServer } from '../../fixtures/redis.js';

const codeOf = (reply: Reply): unknown => (reply.status === 404 ? null : reply.json.code);
const until = (api: Probity, code: string, timeoutMs = 15_000) =>
  api.until('/readyz/app-server', (reply) => codeOf(reply) === code, { timeoutMs, what: code });

describe('the check app-server of the api', () => {
  let redis: RedisServer;
  let api: Probity;

  const worker = (id: string, mode = 'well', env: Record<string, string> = {}) =>
    fakeWorker(mode, { REDIS_URL: redis.url, WORKER_ID: id, ...env });

  beforeAll(async () => {
    redis = await RedisServer.start();
    api = await Probity.api({
      NODE_ENV: 'development',
      REDIS_URL: redis.url,
      DECLARED_DEPENDENCIES: 'app-server',
    });
  });

  it('follows the heartbeats of the workers, from none to all to some to none', async () => {
    const none = await until(api, 'app_server.not_reported');
    expect(none.json).toMatchObject({ status: 'fail', restart: 'helps', restartTarget: 'worker' });

    const one = await worker('one');
    await ready(one);
    expect((await until(api, 'app_server.handshake_complete')).status).toBe(200);
    const { json } = await api.get('/api/production/health');
    expect(json.checks.dependencies.details['app-server']).toMatchObject({ status: 'pass' });

    const two = await worker('two', 'never-answers', {
      WORKER_HANDSHAKE_TIMEOUT_MS: '60000',
      WORKER_STARTUP_TIMEOUT_MS: '60000',
    });
    const some = await api.until(
      '/readyz/app-server',
      (reply) => reply.json.message === '1 of 2 app-server workers are ready; not: two (handshake_pending)',
    );
    expect(some.status).toBe(200);
    expect(some.json).toMatchObject({ status: 'warn', code: 'app_server.some_not_ready' });

    await one.process.stop();
    expect((await until(api, 'app_server.handshake_pending')).status).toBe(503);

    await two.process.kill();
    const silent = await until(api, 'app_server.not_reported');
    expect(silent.json.message).toMatch(/^No app-server worker reports any more: two \(silent for \d+ s\)$/);
  });

  it('cannot tell while Redis is away, and knows again when it is back', async () => {
    const three = await worker('three');
    await ready(three);
    await api.until('/readyz/app-server', ({ status }) => status === 200);
    redis.pause();
    await until(api, 'app_server.unknown');
    // The worker itself needs no Redis to serve.
    expect((await three.get('/readyz')).status).toBe(200);
    redis.resume();
    await api.until('/readyz/app-server', ({ status }) => status === 200);
  });
});
