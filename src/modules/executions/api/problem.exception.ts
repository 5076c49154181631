import { HttpException } from '@nestjs/common';
import { problem, type Problem } from '../../health/index.js';

/** Any refusal of this API, as problem details. */
export class ProblemException extends HttpException {
  constructor(parts: Omit<Problem, 'type'>) {
    super(problem(parts), parts.status);
  }
}

export function badRequest(
  errors: NonNullable<Problem['errors']>,
  code = 'request.invalid',
): ProblemException {
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new ProblemException({
    title: 'The request is not valid',
    status: 400,
    detail: `${first?.message ?? 'The request is not valid'}${more}`,
    code,
    errors,
  });
}

export function notFound(what: 'workflow' | 'execution'): ProblemException {
  return new ProblemException({
    title: `No such ${what}`,
    status: 404,
    detail: `There is no ${what} of that id.`,
    code: `${what}.not_found`,
  });
}
