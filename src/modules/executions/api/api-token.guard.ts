import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerGuard, SETTINGS, type Settings } from '../../config/index.js';
import { ProblemException } from './problem.exception.js';

/**
 * Workflows and executions need `API_TOKEN`, and are closed in production while it is not set. In development
 * they are open until it is.
 */
@Injectable()
export class ApiTokenGuard implements CanActivate {
  private readonly bears: ((authorization: string | undefined) => boolean) | undefined;
  private readonly closed: boolean;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.bears = settings.API_TOKEN === undefined ? undefined : bearerGuard(settings.API_TOKEN);
    this.closed = settings.API_TOKEN === undefined && settings.production;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.closed) {
      throw new ProblemException({
        title: 'Closed',
        status: 403,
        detail: 'Workflows and executions are closed until API_TOKEN is set.',
        code: 'auth.closed',
      });
    }
    const http = context.switchToHttp();
    const { authorization } = http.getRequest<FastifyRequest>().headers;
    if (this.bears === undefined || this.bears(authorization)) return true;
    http.getResponse<FastifyReply>().header('www-authenticate', 'Bearer realm="probity"');
    throw new ProblemException({
      title: 'The token is missing or wrong',
      status: 401,
      detail: 'Send Authorization: Bearer <API_TOKEN>.',
      code: 'auth.token',
    });
  }
}
