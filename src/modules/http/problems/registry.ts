import { EXECUTION_PROBLEMS } from './execution.problems.js';
import { HTTP_PROBLEMS } from './http.problems.js';
import { PROBE_PROBLEMS } from './probe.problems.js';
import type { ProblemDefinition } from './problem-definition.js';
import { REQUEST_PROBLEMS } from './request.problems.js';

/** Every refusal that a client can be given, by its code: what it means is said here and in docs/problems.md. */
export const PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...EXECUTION_PROBLEMS,
  ...PROBE_PROBLEMS,
  ...HTTP_PROBLEMS,
} as const satisfies Readonly<Record<string, ProblemDefinition>>;

export type ProblemCode = keyof typeof PROBLEMS;

export function problemDefinition(code: ProblemCode): ProblemDefinition {
  return PROBLEMS[code];
}

/** The problem of a status that HTTP has a word for; of the family's first where it has none here. */
export function problemOfStatus(status: number): ProblemCode {
  const code = `http.${status}`;
  if (Object.hasOwn(HTTP_PROBLEMS, code)) return code as ProblemCode;
  return status >= 500 ? 'http.500' : 'http.400';
}
