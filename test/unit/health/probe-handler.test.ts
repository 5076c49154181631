import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLATFORM_PROBES, probeHandler } from '../../../src/modules/health/index.js';
import { wellAnswers } from '../../fixtures/health.js';

let origin = '';
const ask = (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, init);
const answers = wellAnswers();
const defects: unknown[] = [];
let leaving = false;
const probe = probeHandler(answers, PLATFORM_PROBES, {
  draining: () => leaving,
  onDefect: (error) => defects.push(error),
});
const server = createServer((request, response) => {
  if (!probe(request, response)) response.writeHead(418).end();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const PATHS = [
  '/livez',
  '/readyz',
  '/readyz/queue',
  '/healthz',
  '/api/production/ready',
  '/api/production/queue/heartbeat',
  '/api/production/health',
];

describe('the handler of the probes', () => {
  it.each(PATHS)('%s answers GET and HEAD alike, is never stored, and carries a timestamp', async (url) => {
    const [get, head] = await Promise.all([ask(url), ask(url, { method: 'HEAD' })]);
    for (const { status, headers } of [get, head]) {
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(await head.text()).toBe('');
    expect(await get.json()).toMatchObject({ timestamp: expect.stringMatching(/Z$/) });
  });

  it('pass query, Accept and Authorization on', async () => {
    const verbose = await ask('/readyz?verbose');
    expect(await verbose.json()).toMatchObject({ checks: { queue: { details: { host: 'host-1' } } } });
    const text = await ask('/readyz?fresh', { headers: { accept: 'text/plain' } });
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await text.text()).toMatch(/readyz check passed\n$/);
  });

  it('have no bare /health: it is 404 and names the two that it could mean', async () => {
    const reply = await ask('/health');
    expect(reply.status).toBe(404);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await reply.text()).toMatch(/\/livez.*\/readyz/);
  });

  it('answer 404 for an unknown check, whatever its name holds', async () => {
    for (const name of ['nobody', '__proto__', 'constructor', '%00', '%F0%9F%92%A5'])
      expect((await ask(`/readyz/${name}`)).status).toBe(404);
  });

  it('leaves every other path and method to whoever stands behind', async () => {
    for (const path of ['/', '/livezz', '/readyzz', '/api/production', '/metrics'])
      expect((await ask(path)).status).toBe(418);
    const refused = await ask('/livez', { method: 'POST' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask('/metrics', { method: 'POST' })).status).toBe(418);
  });

  it('closes the connection with its answer while the process is leaving', async () => {
    expect((await ask('/livez')).headers.get('connection')).toBe('keep-alive');
    leaving = true;
    expect((await ask('/livez')).headers.get('connection')).toBe('close');
    leaving = false;
  });

  it('answers 500 without the reason when an answer cannot be put together, and goes on', async () => {
    const broken = jest.spyOn(answers, 'answer').mockImplementation(() => {
      throw new Error('the reason');
    });
    const reply = await ask('/readyz');
    expect(reply.status).toBe(500);
    expect(await reply.text()).not.toContain('the reason');
    broken.mockImplementation(() => Promise.reject(new Error('a late reason')));
    expect((await ask('/readyz?fresh')).status).toBe(500);
    expect(defects).toMatchObject([{ message: 'the reason' }, { message: 'a late reason' }]);
    broken.mockRestore();
    expect((await ask('/readyz')).status).toBe(200);
  });
});
