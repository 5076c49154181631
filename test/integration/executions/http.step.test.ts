import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/index.js';
import { HttpStepRunner } from '../../../src/modules/executions/steps/http.step.js';
import { StepError } from '../../../src/modules/executions/steps/step-error.js';
import { executionsOptions } from '../../../src/options/index.js';

let server: Server;
let port: number;
const seen: IncomingMessage[] = [];
const runners: HttpStepRunner[] = [];

const ANSWERS: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/json': (_, response) => response.setHeader('content-type', 'application/json').end('{"a":1}'),
  '/echo': (request, response) => request.pipe(response),
  '/text': (_, response) => response.end('plain'),
  '/large': (_, response) => response.end('x'.repeat(1_000_000)),
  '/missing': (_, response) => response.writeHead(404).end(),
  '/busy': (_, response) => response.writeHead(429, { 'retry-after': '3' }).end(),
  '/broken': (_, response) => response.writeHead(500).end(),
  '/silent': () => undefined,
  '/cut': (request) => request.socket.destroy(),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/inside': (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/text` }).end(),
  '/file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    ANSWERS[request.url ?? '']?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  await Promise.all(runners.map((runner) => runner.onApplicationShutdown()));
  server.closeAllConnections();
  server.close();
});

function runner(environment: Record<string, string>): HttpStepRunner {
  const made = new HttpStepRunner(executionsOptions(parseSettings(environment)));
  runners.push(made);
  return made;
}
const development = () => runner({ NODE_ENV: 'development' });

function run(
  by: HttpStepRunner,
  url: string,
  extra: {
    method?: 'POST';
    body?: unknown;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  } = {},
): Promise<unknown> {
  const { signal = AbortSignal.timeout(5000), method = 'GET', ...rest } = extra;
  const step = { id: 'a', kind: 'http', method, url, ...rest } as const;
  return by.run(step, { signal, input: {}, outputs: new Map(), elapsedMs: 0 });
}
const at = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;
const failure = async (work: Promise<unknown>): Promise<StepError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StepError);
  return error as StepError;
};

describe('an http step', () => {
  it('answers status, headers and body, JSON as data', async () => {
    expect(await run(development(), at('/json'))).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { a: 1 },
    });
    expect(await run(development(), at('/text'))).toMatchObject({ body: 'plain' });
    const echoed = await run(development(), at('/echo'), { method: 'POST', body: { b: 2 } });
    expect(echoed).toMatchObject({ body: '{"b":2}' });
    expect(seen.at(-1)?.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['/missing', 'http.status_404', false],
    ['/busy', 'http.status_429', true],
    ['/broken', 'http.status_500', true],
    ['/cut', 'http.network', true],
    ['/large', 'http.response_too_large', false],
    ['/loop', 'http.redirects', false],
    ['/file', 'http.redirects', false],
  ])('fails at %s with %s; worth another try: %s', async (path, code, retryable) => {
    const error = await failure(run(development(), at(path)));
    expect(error).toMatchObject({ code, again: { retryable } });
  });

  it('takes what is private along to the same origin, and to no other', async () => {
    const headers = {
      authorization: 'Bearer private',
      cookie: 'a=private',
      'proxy-authorization': 'Basic private',
      'x-api-key': 'private',
      'accept-language': 'de',
    };
    const other = createServer((request, response) => {
      seen.push(request);
      response.end('other');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    ANSWERS['/elsewhere'] = (_, response) => response.writeHead(307, { location: elsewhere }).end();
    ANSWERS['/here'] = (_, response) => response.writeHead(307, { location: '/text' }).end();
    try {
      expect(await run(development(), at('/here'), { headers })).toMatchObject({ body: 'plain' });
      expect(seen.at(-1)?.headers).toMatchObject(headers);
      expect(await run(development(), at('/elsewhere'), { headers })).toMatchObject({ body: 'other' });
      expect(JSON.stringify(seen.at(-1)?.rawHeaders)).not.toContain('private');
      expect(seen.at(-1)?.headers).toMatchObject({ 'accept-language': 'de' });
    } finally {
      other.close();
      other.closeAllConnections();
    }
  });

  it('waits as long as the server asks', async () => {
    expect((await failure(run(development(), at('/busy')))).again.retryAfterMs).toBe(3000);
  });

  it('ends when its time is over', async () => {
    await expect(run(development(), at('/silent'), { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      /timeout/i,
    );
  });
});

describe('an http step in production', () => {
  it.each([
    ['an address', () => at('/text')],
    ['a name that resolves to it', () => at('/text', 'localhost')],
    ['a number', () => at('/text', '2130706433')],
    ['IPv6', () => at('/text', '[::1]')],
    ['IPv4 in IPv6', () => at('/text', '[::ffff:127.0.0.1]')],
    ['any address', () => at('/text', '0.0.0.0')],
    ['a metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
  ])('does not even connect to what is inside, by %s', async (_what, url) => {
    // By a mark of its own: what an earlier test gave up may arrive only now.
    const mark = randomUUID();
    const error = await failure(run(runner({ NODE_ENV: 'production' }), url(), { headers: { mark } }));
    expect(error).toMatchObject({ code: 'http.address_forbidden', again: { retryable: false } });
    expect(seen.filter(({ headers }) => headers['mark'] === mark)).toEqual([]);
  });

  it('reaches a host that is allowed by name, and no redirect from there to one that is not', async () => {
    const allowing = runner({ NODE_ENV: 'production', HTTP_STEP_ALLOW_HOSTS: `localhost:${port}` });
    const mark = randomUUID();
    expect(await run(allowing, at('/text', 'localhost'), { headers: { mark } })).toMatchObject({
      body: 'plain',
    });
    expect(seen.filter(({ headers }) => headers['mark'] === mark)).toHaveLength(1);
    const error = await failure(run(allowing, at('/inside', 'localhost')));
    expect(error.code).toBe('http.address_forbidden');
  });
});
