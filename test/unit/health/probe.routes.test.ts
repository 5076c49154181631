import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { ProbeAnswers, registerProbeRoutes } from '../../../src/modules/health/index.js';
import { apiWith, service } from './fixtures.js';

const server = fastify();
let origin = '';
const ask = (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, init);
const snapshot = apiWith();
const believed = {
  ...snapshot,
  checks: snapshot.checks.map((check) => ({ ...check, validUntil: Infinity })),
};
const answers = new ProbeAnswers(
  {
    snapshot: () => believed,
    fresh: () => Promise.resolve(believed),
    liveness: () => ({ live: true, reason: null, since: 0 }),
    sample: () => ({ cpuUsage: 0, memoryUsage: {}, activeConnections: 0 }),
  },
  { service },
);

beforeAll(async () => {
  registerProbeRoutes(server, answers);
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await server.close();
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

describe('the routes of the probes', () => {
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
});
