import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemException } from './problem.exception.js';
import { PROBLEM_TYPE, problemReply, type ProblemReply } from './problem.js';
import { problemOfStatus } from './problems/registry.js';

/** Renders every error as problem details. What was not foreseen is logged, and told to the client without its text. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) sendProblem(reply, this.problemOf(error, http.getRequest<FastifyRequest>()));
  }

  private problemOf(error: unknown, request: FastifyRequest): ProblemReply {
    if (error instanceof ProblemException) return error.reply;
    if (error instanceof HttpException) {
      const status = error.getStatus();
      return problemReply(problemOfStatus(status), {
        detail: status === 404 ? notFound(request) : error.message,
      });
    }
    const refused = frameworkProblem(error);
    if (refused !== null) return refused;
    this.logger.error(error instanceof Error ? error : new Error(String(error)));
    return problemReply('http.500', {
      detail: `The request failed for a reason that was not foreseen; it is in the log under ${request.id}.`,
    });
  }
}

export function sendProblem(reply: FastifyReply, { statusCode, headers, body }: ProblemReply): void {
  void reply
    .code(statusCode)
    .headers({ 'cache-control': 'no-store', ...headers })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(body));
}

function notFound(request: FastifyRequest): string {
  return `There is nothing at ${request.method} ${request.url.split('?')[0]?.slice(0, 200) ?? '/'}.`;
}

/**
 * Fastify's own refusals (body too large, malformed JSON, wrong media type, an address that cannot be decoded) carry
 * a 4xx and a text fit for clients. Null for everything else.
 */
export function frameworkProblem(error: unknown): ProblemReply | null {
  if (typeof error !== 'object' || error === null) return null;
  const { statusCode, code, message } = error as { statusCode?: unknown; code?: unknown; message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return null;
  if (code === 'FST_BODY_TOO_SLOW') return problemReply('request.too_slow');
  // Errors of a body's stream have the status from Fastify and the text from wherever they come.
  const fit = typeof code === 'string' && code.startsWith('FST_') && typeof message === 'string';
  return problemReply(problemOfStatus(statusCode), fit ? { detail: message } : {});
}
