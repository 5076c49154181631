import { Logger } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createServer, type RequestListener } from 'node:http';
import {
  PLATFORM_PROBES,
  PROCESS_PROBES,
  probeHandler,
  type Lifecycle,
  type ProbeAnswers,
  type ProbeHandler,
} from '../modules/health/index.js';
import {
  LIMITS,
  MAX_BODY_BYTES,
  MAX_CONCURRENT_REQUESTS,
  problemReply,
  sendProblem,
} from '../modules/http/index.js';
import type { Connections } from '../modules/resources/index.js';

/** The HTTP server of a process that serves an API, with its probes in front of Fastify. */
export class HttpFront {
  /** Nothing is a probe until it is known how to answer one; the listener opens later. */
  private probes: ProbeHandler = () => false;

  readonly adapter: FastifyAdapter;

  constructor(private readonly connections: Connections) {
    this.adapter = new FastifyAdapter({
      bodyLimit: MAX_BODY_BYTES,
      forceCloseConnections: 'idle',
      exposeHeadRoutes: true,
      return503OnClosing: false,
      serverFactory: (handler: RequestListener) => {
        const server = createServer(
          {
            maxHeaderSize: LIMITS.maxHeaderBytes,
            headersTimeout: LIMITS.headersTimeoutMs,
            requestTimeout: LIMITS.requestTimeoutMs,
            keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
            // Node looks for requests that never finish this often; its default of 30 s would let them pile up.
            connectionsCheckingInterval: 1000,
          },
          (request, response) => {
            if (this.probes(request, response)) return;
            this.connections.serve(request.socket, response);
            handler(request, response);
          },
        );
        this.connections.watch(server);
        return server;
      },
    });
  }

  /** Answers the probes, and limits how many other requests are under way at once. */
  serve(answers: ProbeAnswers, lifecycle: Lifecycle, forPlatform: boolean): void {
    const logger = new Logger('Http');
    this.probes = probeHandler(answers, forPlatform ? PLATFORM_PROBES : PROCESS_PROBES, {
      draining: () => lifecycle.draining,
      onDefect: (error) => logger.error(error instanceof Error ? error : new Error(String(error))),
    });
    limitConcurrency(this.adapter.getInstance<FastifyInstance>(), lifecycle);
  }
}

function limitConcurrency(fastify: FastifyInstance, lifecycle: Lifecycle): void {
  let underWay = 0;
  // A client that reuses its connection would not notice that the process is leaving, and would hold it up.
  // Said with the answer, for the request may be older than the drain.
  fastify.addHook('onSend', async (_request, reply) => {
    if (lifecycle.draining) reply.header('connection', 'close');
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (/^\/metrics(\?|$)/.test(request.url)) return;
    reply.header('cache-control', 'no-store');
    if (underWay >= MAX_CONCURRENT_REQUESTS) {
      const detail = `More than ${MAX_CONCURRENT_REQUESTS} requests are under way; try again in a second.`;
      sendProblem(reply, problemReply('request.too_many', { detail }));
      return reply;
    }
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
  });
}
