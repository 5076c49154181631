import { beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { CLIENT, createWorkflow, Platform } from '../fixtures/platform.js';
import type { Probity } from '../fixtures/probity.js';

let api: Probity;
let worker: Probity;
let workflow = '';

beforeAll(async () => {
  const platform = await Platform.create();
  [api, worker] = await Promise.all([platform.api(), platform.worker()]);
  workflow = await createWorkflow(api, [{ id: 'a', kind: 'delay', ms: 1 }]);
});

/** The same sequence in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'BREW',
  'get',
];
const ODD = [
  '',
  '%',
  '%00',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  '\u00e9',
  '%F0%9F%92%A5',
  "'--",
  '1e999',
  'a'.repeat(3000),
  '//',
  '?',
  '?limit=',
  '?limit[]=1',
  '?cursor=99999999999999999999',
  '?status=constructor',
  '?__proto__=1',
  '#x',
  ';x',
  '\\x',
];
const BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"\\ud800"',
  '{"input":"\\u0000"}',
  '{"input":{"constructor":{"prototype":1}}}',
  '{"__proto__":1}',
  '\u0000',
  '{"name":"\\u0000","steps":[]}',
  `{"input":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  '{"input":1e400}',
  '{"input":{}}',
  '{"name":"x","steps":[{"id":"a","kind":"transform","expression":"\\ud800"}]}',
];
const HEADERS = [
  '',
  'Accept: constructor',
  'Accept: text/plain;q=x',
  'Content-Type: application/json',
  'Content-Type: text/plain',
  'Content-Type: application/x-www-form-urlencoded',
  'Content-Type: ;',
  'Content-Encoding: gzip',
  'Transfer-Encoding: chunked',
  'Expect: 100-continue',
  'Expect: x',
  'Upgrade: websocket',
  'Connection: upgrade',
  'Idempotency-Key: \u00e9',
  `Idempotency-Key: ${'k'.repeat(300)}`,
  'X-HTTP-Method-Override: DELETE',
  'Range: bytes=0-1',
  'If-None-Match: *',
  'Host: \u0000',
  'Content-Length: x',
];

function oddRequest(random: (below: number) => number): string {
  const one = <T>(of: readonly T[]): T => of[random(of.length)] as T;
  const paths = [
    '/livez',
    '/readyz',
    '/readyz/',
    '/healthz',
    '/metrics',
    '/health',
    '/',
    '*',
    '/api/production/ready',
    '/api/production/health',
    '/api/workflows',
    `/api/workflows/${workflow}`,
    `/api/workflows/${workflow}/executions`,
    '/api/workflows/x/executions',
    '/api/executions',
    '/api/executions/',
    '/api/executions/x/cancel',
    'http://h/livez',
    'http://',
    'x',
  ];
  const body = one(BODIES);
  const lines = [
    `${one(METHODS)} ${one(paths)}${one(ODD)} HTTP/1.${random(2)}`,
    'Host: x',
    'Connection: close',
  ];
  if (random(4) > 0) lines.push(`Authorization: ${CLIENT.authorization}`);
  lines.push(...[one(HEADERS), one(HEADERS)].filter((line) => line !== ''));
  if (body !== '' && random(5) > 0) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The statuses of all answers that come to these bytes. */
function statuses(url: string, text: string): Promise<number[]> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.end(text));
    socket.setTimeout(15_000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.once('close', () =>
      resolve([...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))),
    );
  });
}

describe('requests of odd kinds', () => {
  it('are never answered 500, and end no process', async () => {
    const random = generator(7);
    const seen = new Map<number, number>();
    for (let round = 0; round < 40; round += 1) {
      const asked = Array.from({ length: 40 }, () => oddRequest(random));
      await Promise.all(
        asked.map(async (text, index) => {
          const { url } = index % 4 === 0 ? worker : api;
          for (const status of await statuses(url, text)) {
            seen.set(status, (seen.get(status) ?? 0) + 1);
            if (status === 500) throw new Error(`500 for ${JSON.stringify(text.slice(0, 400))}`);
          }
        }),
      );
    }
    for (const status of [200, 400, 401, 404, 405])
      expect([status, seen.get(status)]).toEqual([status, expect.any(Number)]);
    for (const probity of [api, worker]) {
      expect((await probity.get('/livez')).status).toBe(200);
      expect(probity.process.lines.filter((line) => /defect|"level":"fatal"/.test(line))).toEqual([]);
    }
  });
});
