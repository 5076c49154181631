import { Logger } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestListener } from 'node:http';
import {
  PLATFORM_PROBES,
  PROCESS_PROBES,
  probeHandler,
  type Lifecycle,
  type ProbeAnswers,
  type ProbeHandler,
} from '../modules/health/index.js';
import {
  admit,
  answerParserError,
  apiGate,
  type ApiGateOptions,
  frameworkProblem,
  guardedServer,
  LIMITS,
  MAX_BODY_BYTES,
  operatorGate,
  type OperatorGateOptions,
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
      clientErrorHandler: answerParserError,
      frameworkErrors: (error: unknown, _request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(reply, frameworkProblem(error) ?? problemReply('http.400')),
      serverFactory: (handler: RequestListener) => {
        const server = guardedServer(LIMITS, (request, response) => {
          if (this.probes(request, response)) return;
          this.connections.serve(request.socket, response);
          handler(request, response);
        });
        this.connections.watch(server);
        return server;
      },
    });
  }

  /** Answers the probes, and decides who else may come in. */
  serve(
    answers: ProbeAnswers,
    lifecycle: Pick<Lifecycle, 'draining'>,
    options: ApiGateOptions & OperatorGateOptions & { readonly forPlatform: boolean },
  ): void {
    const logger = new Logger('Http');
    const defect = (error: unknown) =>
      logger.error(error instanceof Error ? error : new Error(String(error)));
    const draining = () => lifecycle.draining;
    this.probes = probeHandler(answers, options.forPlatform ? PLATFORM_PROBES : PROCESS_PROBES, {
      draining,
      onDefect: defect,
    });
    admit(this.adapter.getInstance<FastifyInstance>(), {
      api: apiGate(options),
      operator: operatorGate(options),
      draining,
      defect,
    });
  }
}
