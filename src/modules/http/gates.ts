import { bearerGuard } from '../kernel/index.js';
import { refusal, type ProblemException } from './problem.exception.js';

/** Looks at an `Authorization` header, and at nothing else of a request: a refusal, or null for who may come in. */
export type Gate = (authorization: string | undefined) => ProblemException | null;

export interface ApiGateOptions {
  readonly apiToken: string | undefined;
  readonly production: boolean;
}

export interface OperatorGateOptions {
  readonly opsToken: string | undefined;
}

/** Workflows and executions need `API_TOKEN`; without one they are closed in production, and open in development. */
export function apiGate({ apiToken, production }: ApiGateOptions): Gate {
  if (apiToken === undefined) return () => (production ? refusal('auth.closed') : null);
  const bears = bearerGuard(apiToken);
  return (authorization) => (bears(authorization) ? null : refusal('auth.token'));
}

/** What is for operators needs `OPS_TOKEN`, where one is set. */
export function operatorGate({ opsToken }: OperatorGateOptions): Gate {
  if (opsToken === undefined) return () => null;
  const bears = bearerGuard(opsToken);
  return (authorization) => (bears(authorization) ? null : refusal('auth.ops_token'));
}
