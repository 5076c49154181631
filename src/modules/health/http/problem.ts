/** The one error shape of Probity: problem details (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** Which fields are wrong, by path, and what would be right. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export function problem(parts: Omit<Problem, 'type'>): Problem & { timestamp: string } {
  return { type: 'about:blank', ...parts, timestamp: new Date().toISOString() };
}
