import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLIENT, OPERATOR, Platform, accept, createWorkflow, ended, execute } from '../fixtures/platform.js';
import { PRODUCTION, type Probity, type Reply } from '../fixtures/probity.js';
import { crowd } from '../fixtures/eventually.js';

const SECRETS = {
  redis: 'redis-pw-5f0c9a7e',
  openai: 'sk-live-0d1e2f3a4b5c6d7e8f90',
  anthropic: 'sk-ant-live-0d1e2f3a4b5c',
  litellm: 'sk-litellm-9a8b7c6d5e4f',
  evm: 'v3/evm-project-key-77aa88bb',
};

/** An internal service that must never be reached by a step; counts who reached it. */
let internal: Server;
let reached = 0;
let platform: Platform;
let api: Probity;
let worker: Probity;
const seen: string[] = [];

beforeAll(async () => {
  internal = createServer((_request, response) => {
    reached += 1;
    response.end('internal data');
  });
  await new Promise<void>((resolve) => internal.listen(0, '127.0.0.1', resolve));
  platform = await Platform.create(
    {
      OPENAI_API_KEY: SECRETS.openai,
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      ANTHROPIC_API_KEY: SECRETS.anthropic,
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
      LITELLM_BASE_URL: 'http://127.0.0.1:9',
      LITELLM_MASTER_KEY: SECRETS.litellm,
      EVM_RPC_URL: `http://127.0.0.1:9/${SECRETS.evm}`,
      LOG_LEVEL: 'trace',
    },
    ['--requirepass', SECRETS.redis],
  );
  const withPassword = { REDIS_URL: platform.redis.url.replace('redis://', `redis://:${SECRETS.redis}@`) };
  [api, worker] = await Promise.all([platform.api(withPassword), platform.worker(withPassword)]);
  await api.until('/readyz', (reply) => reply.json.checks.queue?.status === 'pass', { headers: OPERATOR });
});
afterAll(() => {
  internal.close();
});

const note = (reply: Reply): Reply => {
  seen.push(reply.text, [...reply.headers].join('\n'));
  return reply;
};
const get = async (path: string, headers: Record<string, string> = {}) => note(await api.get(path, headers));
const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
  note(await api.post(path, body, headers));
const isProblem = (reply: Reply, status: number) => {
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  expect(reply.json).toMatchObject({
    status,
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    code: expect.any(String),
  });
  expect(reply.status).toBe(status);
};

describe('tokens', () => {
  it('are asked of every call that changes something or shows executions', async () => {
    const steps = [{ id: 'a', kind: 'delay', ms: 1 }];
    for (const authorization of [
      '',
      'Bearer wrong',
      `Basic ${PRODUCTION['API_TOKEN']}`,
      `Bearer ${PRODUCTION['OPS_TOKEN']}`,
    ]) {
      const headers = authorization === '' ? {} : { authorization };
      isProblem(await post('/api/workflows', { name: 'x', steps }, headers), 401);
      isProblem(await get('/api/executions', headers), 401);
    }
  });

  it('close the mutating endpoints with 403 when API_TOKEN is not set in production', async () => {
    const closed = await platform.api({ API_TOKEN: '' });
    isProblem(note(await closed.post('/api/workflows', { name: 'x', steps: [] }, CLIENT)), 403);
  });

  it('show details, ids and metrics to operators only, and everyone else the same shape', async () => {
    const operator = (await get('/api/production/queue/heartbeat', OPERATOR)).json;
    const anyone = (await get('/api/production/queue/heartbeat')).json;
    expect(Object.keys(anyone).sort()).toEqual(Object.keys(operator).sort());
    expect(Object.keys(anyone.worker).sort()).toEqual(Object.keys(operator.worker).sort());
    expect(anyone.worker.id).toBeNull();
    expect(anyone.status.details).toEqual({});
    isProblem(await get('/metrics'), 401);
    expect((await get('/metrics', OPERATOR)).status).toBe(200);
    isProblem(note(await worker.get('/metrics')), 401);
    expect(note(await worker.get('/metrics', OPERATOR)).status).toBe(200);
  });
});

describe('bad input', () => {
  it('is refused with the path of the field and the fix', async () => {
    const reply = await post(
      '/api/workflows',
      {
        name: 'x',
        steps: [
          { id: 'ok', kind: 'delay', ms: 1 },
          { id: 'bad', kind: 'delay', ms: 'soon' },
        ],
      },
      CLIENT,
    );
    isProblem(reply, 400);
    expect(reply.json.errors[0].path).toContain('steps');
    expect(reply.json.errors[0].path).toContain('ms');
    expect(reply.text).toContain('bad');
  });

  it.each([
    ['an unknown field', { name: 'x', steps: [{ id: 'a', kind: 'delay', ms: 1, evil: 1 }] }],
    ['an unknown kind', { name: 'x', steps: [{ id: 'a', kind: 'exec', command: 'id' }] }],
    [
      'two steps of one id',
      {
        name: 'x',
        steps: [
          { id: 'a', kind: 'delay', ms: 1 },
          { id: 'a', kind: 'delay', ms: 1 },
        ],
      },
    ],
    ['no steps', { name: 'x', steps: [] }],
    [
      'a step too many',
      { name: 'x', steps: Array.from({ length: 5000 }, (_, n) => ({ id: `s${n}`, kind: 'delay', ms: 1 })) },
    ],
    [
      'a file URL',
      { name: 'x', steps: [{ id: 'a', kind: 'http', method: 'GET', url: 'file:///etc/passwd' }] },
    ],
    [
      'an expression that does not parse',
      { name: 'x', steps: [{ id: 'a', kind: 'transform', expression: '((' }] },
    ],
    ['a list', []],
    ['null', null],
  ])('is refused: %s', async (_what, body) => {
    isProblem(await post('/api/workflows', body, CLIENT), 400);
  });

  it('is refused: a body too large, JSON that is none, another media type, a header too large', async () => {
    isProblem(await post('/api/workflows', { name: 'x'.repeat(400_000), steps: [] }, CLIENT), 413);
    const json = { 'content-type': 'application/json', ...CLIENT };
    isProblem(note(await api.request('POST', '/api/workflows', '{"name":', json)), 400);
    isProblem(
      note(await api.request('POST', '/api/workflows', '<x/>', { ...CLIENT, 'content-type': 'text/xml' })),
      415,
    );
    expect((await get('/readyz', { 'x-large': 'x'.repeat(20_000) })).status).toBe(431);
  });

  it('in queries and paths is refused, never run', async () => {
    const hostile = ["'; DROP TABLE executions; --", '../../etc/passwd', '%00', '1e999', '-1', '\u202e'];
    for (const text of hostile) {
      const value = encodeURIComponent(text);
      for (const path of [
        `/api/executions?limit=${value}`,
        `/api/executions?cursor=${value}`,
        `/api/executions?status=${value}`,
        `/api/executions?workflowId=${value}`,
        `/api/executions?unknown=${value}`,
      ]) {
        isProblem(await get(path, CLIENT), 400);
      }
      const byId = await get(`/api/executions/${value}`, CLIENT);
      expect([400, 404]).toContain(byId.status);
    }
    expect((await get('/api/executions', CLIENT)).status).toBe(200);
    isProblem(await get(`/readyz/${encodeURIComponent('__proto__')}`), 404);
    isProblem(await get('/health'), 404);
  });
});

describe('a step in production', () => {
  it.each([
    ['loopback', (port: number) => `http://127.0.0.1:${port}/`],
    ['loopback by name', (port: number) => `http://localhost:${port}/`],
    ['loopback in IPv6', (port: number) => `http://[::1]:${port}/`],
    ['loopback mapped into IPv6', (port: number) => `http://[::ffff:127.0.0.1]:${port}/`],
    ['loopback as a number', (port: number) => `http://2130706433:${port}/`],
    ['any address', (port: number) => `http://0.0.0.0:${port}/`],
    ['link-local metadata', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a private address', () => 'http://10.0.0.1/'],
  ])('does not reach %s', async (_what, url) => {
    const { port } = internal.address() as { port: number };
    const steps = [{ id: 'call', kind: 'http', method: 'GET', url: url(port) }];
    const created = await post('/api/workflows', { name: 'ssrf', steps }, CLIENT);
    if (created.status === 201) {
      const accepted = await execute(api, created.json.id as string);
      const execution = await ended(api, accepted.json.id as string);
      note({ ...accepted, text: JSON.stringify(execution) });
      expect(execution.status).toBe('failed');
    } else {
      isProblem(created, 400);
    }
    expect(reached).toBe(0);
  });

  it('runs an expression under a time and memory limit, and the worker lives', async () => {
    const endless = '($f := function($n) { $f($n + 1) }; $f(0))';
    const greedy = '$reduce([1..9999999], function($a, $b) { $append($a, [$b, $b, $b]) }, [])';
    for (const expression of [endless, greedy]) {
      const workflow = await createWorkflow(api, [{ id: 'calc', kind: 'transform', expression }]);
      const execution = await ended(api, await accept(api, workflow), 60_000);
      expect(execution.status).toBe('failed');
      expect(execution.steps[0].error).not.toBeNull();
    }
    expect((await worker.get('/livez')).status).toBe(200);
  });
});

describe('connections', () => {
  it('that never finish their request are cut off in time', async () => {
    const { port } = new URL(api.url);
    const closed = new Promise<number>((resolve) => {
      const started = performance.now();
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      );
      socket.on('error', () => undefined);
      socket.resume();
      socket.once('close', () => resolve(performance.now() - started));
    });
    expect(await closed).toBeLessThan(15_000 * crowd());
  });
});

describe('every secret that was configured', () => {
  it('appears in no response, log line or metric', async () => {
    for (const path of [
      '/readyz?verbose&fresh',
      '/healthz?verbose',
      '/api/production/health',
      '/api/production/ready',
      '/metrics',
    ]) {
      await get(path, OPERATOR);
    }
    const logs = [...api.process.lines, ...worker.process.lines];
    expect(logs.length).toBeGreaterThan(5);
    const databasePassword = new URL(platform.database.url).password;
    const secrets = [...Object.values(SECRETS), databasePassword];
    for (const name of ['AUTH_SECRET', 'OPS_TOKEN', 'API_TOKEN'] as const)
      secrets.push(PRODUCTION[name] ?? '');
    for (const text of [...seen, ...logs]) {
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/(redis|postgres(ql)?):\/\/[^\s"]*:[^\s"[]+@/);
    }
    for (const text of seen) expect(text).not.toMatch(/\n\s+at .+:\d+:\d+/);
  });
});
