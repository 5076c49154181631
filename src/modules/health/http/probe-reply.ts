import { problemReply, PROBLEM_TYPE, type ProblemCode, type ProblemReply } from '../../http/index.js';

export interface ProbeReply {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
  /** Beside those that every probe's answer has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Length of the body as UTF-8, where it is known already. */
  readonly bytes?: number;
}

/** A problem as a probe answers it, with what the occasion adds to its members. */
export function toProbeReply(
  { statusCode, headers, body }: ProblemReply,
  more: Readonly<Record<string, unknown>> = {},
): ProbeReply {
  return { statusCode, contentType: PROBLEM_TYPE, headers, body: JSON.stringify({ ...body, ...more }) };
}

export function probeProblem(code: ProblemCode): ProbeReply {
  return toProbeReply(problemReply(code));
}
