import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem, PROBLEM_TYPE, type Problem } from '../modules/health/index.js';

/** Renders every error as problem details. What was not foreseen is logged, and told to the client without its text. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    if (reply.sent) return;
    const body = this.problemOf(error, request);
    void reply
      .code(body.status)
      .header('cache-control', 'no-store')
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(body));
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof HttpException) {
      const response = error.getResponse();
      if (isProblem(response)) return response;
      return problem({
        title: error.name.replace(/Exception$/, '').replace(/([a-z])([A-Z])/g, '$1 $2'),
        status: error.getStatus(),
        detail: error.getStatus() === 404 ? notFound(request) : error.message,
        code: `http.${error.getStatus()}`,
      });
    }
    const status = statusOfFastifyError(error);
    if (status !== undefined) {
      const { message } = error as Error;
      return problem({
        title: 'The request cannot be read',
        status,
        detail: message,
        code: `http.${status}`,
      });
    }
    this.logger.error(error instanceof Error ? error : new Error(String(error)));
    return problem({
      title: 'Internal error',
      status: 500,
      detail: `The request failed for a reason that was not foreseen; it is in the log under ${request.id}.`,
      code: 'http.500',
    });
  }
}

function isProblem(response: unknown): response is Problem {
  return typeof response === 'object' && response !== null && 'type' in response && 'code' in response;
}

function notFound(request: FastifyRequest): string {
  return `There is nothing at ${request.method} ${request.url.split('?')[0]?.slice(0, 200) ?? '/'}.`;
}

/** Fastify's own refusals (body too large, malformed JSON, wrong media type) carry a 4xx and a text fit for clients. */
function statusOfFastifyError(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  const known = typeof code === 'string' && code.startsWith('FST_');
  return known && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? statusCode
    : undefined;
}
