import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { DatabaseUnavailableError } from '../../database/index.js';
import { codeDefinition, isCode } from '../../health/index.js';
import { unavailable, type ProblemException } from '../../http/index.js';

/** Tells clients in public words that the database is the reason, and when to come back. */
@Injectable()
export class UnavailableInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (!(error instanceof DatabaseUnavailableError)) return throwError(() => error);
        return throwError(() => unavailableNow(error.code));
      }),
    );
  }
}

/** A 503 in the public words of a code of the registry of checks. */
export function unavailableNow(code: string, consequence = ''): ProblemException {
  const why = isCode(code) ? codeDefinition(code).message : 'A dependency does not answer.';
  return unavailable(code, `${why}${consequence === '' ? '' : ` ${consequence}`}`);
}
