import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../fixtures/ports.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';
import { crowd } from '../fixtures/eventually.js';

/** A server that accepts and never answers, as a dropped network or a frozen process does. */
const black = createServer((socket) => {
  accepted.add(socket);
  socket.on('error', () => undefined).once('close', () => accepted.delete(socket));
});
const accepted = new Set<Socket>();
let blackPort = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => black.listen(0, '127.0.0.1', resolve));
  blackPort = (black.address() as { port: number }).port;
});
afterAll(() => {
  black.close();
  for (const socket of accepted) socket.destroy();
});

const failing = (checks: Record<string, { status: string; code: string }>) =>
  Object.fromEntries(
    Object.entries(checks)
      .filter(([, check]) => check.status === 'fail')
      .map(([key, check]) => [key, check.code]),
  );

describe('a process always boots', () => {
  it('answers /livez 200 and /readyz 503 with every reason, with no environment at all', async () => {
    const api = await Probity.api({ QUEUE_REDIS_PORT: String(await freePort()) });
    const readyz = await api.until('/readyz', (reply) => !reply.text.includes('check.pending'));
    expect((await api.get('/livez')).status).toBe(200);
    expect(readyz.status).toBe(503);
    expect(failing(readyz.json.checks)).toMatchObject({
      queue: 'redis.unreachable',
      database: 'database.not_configured',
      llm: 'llm.not_configured',
    });
    expect(readyz.json.checks.environment.status).toBe('fail');
    expect(readyz.json.error).toContain('AUTH_SECRET');
  });

  it('reports every setting that is garbage by name, shows no value, and stands on its defaults', async () => {
    const garbage = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'g4rbage',
      OPS_TOKEN: '',
      DATABASE_URL: 'g4rbage',
      REDIS_URL: 'g4rbage',
      QUEUE_DRIVER: 'g4rbage',
      QUEUE_NAMES: '%%%',
      WORKER_CONCURRENCY: 'g4rbage',
      WORKER_HEARTBEAT_INTERVAL_MS: '-5',
      WORKER_HEARTBEAT_TIMEOUT_MS: 'g4rbage',
      ENABLE_INLINE_WORKER: 'g4rbage',
      OPENAI_BASE_URL: 'g4rbage',
      DECLARED_DEPENDENCIES: 'g4rbage',
      SHUTDOWN_GRACE_MS: 'g4rbage',
    };
    const api = await Probity.api(garbage);
    const readyz = await api.until('/readyz?verbose', (reply) => !reply.text.includes('check.pending'));
    expect((await api.get('/livez')).status).toBe(200);
    expect(readyz.status).toBe(503);
    const { message } = readyz.json.checks.environment;
    for (const name of Object.keys(garbage).filter((each) => !['NODE_ENV', 'OPS_TOKEN'].includes(each))) {
      expect(message).toContain(name);
    }
    expect(readyz.text).not.toContain('g4rbage');
    expect(api.process.lines.join('\n')).not.toContain('g4rbage');
  });

  it('connects to no database that its address does not name, whatever else is set, and says what is missing', async () => {
    let knocks = 0;
    const trap = createServer((socket) => {
      knocks += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const { port } = trap.address() as AddressInfo;
    const env = {
      ...PRODUCTION,
      QUEUE_REDIS_PORT: String(await freePort()),
      DATABASE_URL: 'postgres:///probity',
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: 'somebody',
      PGPASSWORD: 'else',
    };
    const headers = { authorization: `Bearer ${PRODUCTION['OPS_TOKEN']}` };
    const [api, worker] = await Promise.all([Probity.api(env), Probity.worker(env)]);
    for (const each of [api, worker]) {
      const { json } = await each.until('/readyz', (reply) => !reply.text.includes('check.pending'), {
        headers,
      });
      expect(json.checks.database).toMatchObject({
        code: 'database.not_configured',
        message: expect.stringContaining('DATABASE_URL must name its host and user'),
      });
    }
    const call = { authorization: `Bearer ${PRODUCTION['API_TOKEN']}` };
    expect((await api.post('/api/workflows', { name: 'x', steps: [] }, call)).status).not.toBe(500);
    expect(knocks).toBe(0);
    trap.close();
  });

  it('is alive in under 100 ms and not ready while Redis and Postgres accept and never answer', async () => {
    const api = await Probity.api({
      ...PRODUCTION,
      REDIS_URL: `redis://127.0.0.1:${blackPort}`,
      DATABASE_URL: `postgres://probity:secret@127.0.0.1:${blackPort}/probity`,
    });
    const auth = { authorization: `Bearer ${PRODUCTION['OPS_TOKEN']}` };
    const readyz = await api.until('/readyz', (reply) => !reply.text.includes('check.pending'), {
      headers: auth,
    });
    expect(failing(readyz.json.checks)).toMatchObject({
      queue: expect.stringMatching(/^redis\./),
      database: expect.stringMatching(/^database\./),
    });
    // The quickest of some: the test shares its processors with others, and the promise is the process's own.
    let quickest = Infinity;
    for (let count = 0; count < 10; count += 1) {
      const before = performance.now();
      expect((await api.get('/livez')).status).toBe(200);
      quickest = Math.min(quickest, performance.now() - before);
    }
    expect(quickest).toBeLessThan(100 * crowd());
  });

  it('ends with exit code 1 and says why when its port is taken', async () => {
    const first = await Probity.api({ QUEUE_REDIS_PORT: String(await freePort()) });
    const port = new URL(first.url).port;
    const second = await import('../fixtures/process.js').then(({ TestProcess }) =>
      TestProcess.start('dist/main.js', { env: { HOST: '127.0.0.1', PORT: port } }),
    );
    await second.waitForLine('EADDRINUSE');
    expect((await second.exited).code).toBe(1);
  });

  it('boots the execution worker too, alive and not ready, with no environment at all', async () => {
    const worker = await Probity.worker({ QUEUE_REDIS_PORT: String(await freePort()) });
    const readyz = await worker.until('/readyz', (reply) => !reply.text.includes('check.pending'));
    expect(readyz.status).toBe(503);
    expect((await worker.get('/livez')).status).toBe(200);
  });
});
