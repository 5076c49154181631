import { HttpException } from '@nestjs/common';
import { problemReply, unavailableReply, type Occasion, type ProblemReply } from './problem.js';
import type { ProblemCode } from './problems/registry.js';

/** A refusal, thrown from wherever it is noticed, and rendered by the one filter. */
export class ProblemException extends HttpException {
  constructor(readonly reply: ProblemReply) {
    super(reply.body, reply.statusCode);
  }
}

export function refusal(code: ProblemCode, occasion: Occasion = {}): ProblemException {
  return new ProblemException(problemReply(code, occasion));
}

/** A 503 in the public words of a dependency's code. */
export function unavailable(code: string, detail: string): ProblemException {
  return new ProblemException(unavailableReply(code, detail));
}
