import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { catchError, throwError, type Observable } from 'rxjs';
import { DatabaseUnavailableError } from '../../database/index.js';
import { codeDefinition, isCode } from '../../health/index.js';
import { ProblemException } from './problem.exception.js';

/** Tells clients in public words that the database is the reason, and when to come back. */
@Injectable()
export class UnavailableInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (!(error instanceof DatabaseUnavailableError)) return throwError(() => error);
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        return throwError(() => unavailable(reply, error.code));
      }),
    );
  }
}

/** A 503 with `Retry-After`, in the public words of the code. */
export function unavailable(reply: FastifyReply, code: string, consequence = ''): ProblemException {
  reply.header('retry-after', '1');
  const why = isCode(code) ? codeDefinition(code).message : 'A dependency does not answer.';
  return new ProblemException({
    title: 'Not available now',
    status: 503,
    detail: `${why}${consequence === '' ? '' : ` ${consequence}`}`,
    code,
  });
}
