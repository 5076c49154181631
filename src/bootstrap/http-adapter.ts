import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import {
  problem,
  PROBLEM_TYPE,
  registerProbeRoutes,
  type Lifecycle,
  type ProbeAnswers,
} from '../modules/health/index.js';
import { LIMITS, MAX_BODY_BYTES, MAX_CONCURRENT_REQUESTS } from './limits.js';

export function createHttpAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: LIMITS.requestTimeoutMs,
    keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    return503OnClosing: false,
    http: {
      maxHeaderSize: LIMITS.maxHeaderBytes,
      headersTimeout: LIMITS.headersTimeoutMs,
      // Node looks for requests that never finish this often; its default of 30 s would let them pile up.
      connectionsCheckingInterval: 1000,
    },
  });
  instanceOf(adapter).server.maxConnections = LIMITS.maxConnections;
  return adapter;
}

export function instanceOf(adapter: FastifyAdapter): FastifyInstance {
  return adapter.getInstance() as unknown as FastifyInstance;
}

/** Puts the probes on the adapter, and limits how many other requests are under way at once. */
export function prepareHttp(fastify: FastifyInstance, answers: ProbeAnswers, lifecycle: Lifecycle): void {
  registerProbeRoutes(fastify, answers);
  let underWay = 0;
  fastify.addHook('onRequest', async (request, reply) => {
    // A balancer that reuses its connection would not notice that the process is leaving.
    if (lifecycle.draining) reply.header('connection', 'close');
    if (isProbe(request.url)) return;
    reply.header('cache-control', 'no-store');
    if (underWay >= MAX_CONCURRENT_REQUESTS) {
      const body = problem({
        title: 'Too many requests at once',
        status: 503,
        detail: `More than ${MAX_CONCURRENT_REQUESTS} requests are under way; try again in a second.`,
        code: 'request.too_many',
      });
      return await reply.code(503).header('retry-after', '1').type(PROBLEM_TYPE).send(JSON.stringify(body));
    }
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
  });
}

function isProbe(url: string): boolean {
  return /^\/(livez|readyz|healthz|metrics|health|api\/production)(\/|\?|$)/.test(url);
}
