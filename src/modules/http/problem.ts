import { problemDefinition, type ProblemCode } from './problems/registry.js';

/** The one error shape of Probity: problem details (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** Which fields are wrong, by path, and what would be right. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly timestamp: string;
}

/** What the occasion adds to what its code always means. */
export interface Occasion {
  readonly detail?: string;
  readonly errors?: NonNullable<Problem['errors']>;
}

/** A problem as it goes over the wire, by whatever server. */
export interface ProblemReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export function problemReply(code: ProblemCode, { detail, errors }: Occasion = {}): ProblemReply {
  const { status, title, detail: usual, retryAfterS, headers = {} } = problemDefinition(code);
  const body: Problem = {
    type: 'about:blank',
    title,
    status,
    detail: detail ?? usual,
    code,
    ...(errors === undefined ? {} : { errors }),
    timestamp: new Date().toISOString(),
  };
  return { statusCode: status, headers: { ...headers, ...retryAfter(retryAfterS) }, body };
}

/** A dependency is why not, in the public words of the dependency's own code. */
export function unavailableReply(code: string, detail: string): ProblemReply {
  const body: Problem = {
    type: 'about:blank',
    title: 'Not available now',
    status: 503,
    detail,
    code,
    timestamp: new Date().toISOString(),
  };
  return { statusCode: 503, headers: retryAfter(1), body };
}

/** The one way to say when to come back. */
export function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
