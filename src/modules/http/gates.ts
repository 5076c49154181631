import { type Settings } from '../config/index.js';
import { bearerGuard } from '../kernel/index.js';
import { refusal, type ProblemException } from './problem.exception.js';

/** Looks at an `Authorization` header, and at nothing else of a request: a refusal, or null for who may come in. */
export type Gate = (authorization: string | undefined) => ProblemException | null;

/** Workflows and executions need `API_TOKEN`; without one they are closed in production, and open in development. */
export function apiGate({ API_TOKEN, production }: Pick<Settings, 'API_TOKEN' | 'production'>): Gate {
  if (API_TOKEN === undefined) return () => (production ? refusal('auth.closed') : null);
  const bears = bearerGuard(API_TOKEN);
  return (authorization) => (bears(authorization) ? null : refusal('auth.token'));
}

/** What is for operators needs `OPS_TOKEN`, where one is set. */
export function operatorGate({ OPS_TOKEN }: Pick<Settings, 'OPS_TOKEN'>): Gate {
  if (OPS_TOKEN === undefined) return () => null;
  const bears = bearerGuard(OPS_TOKEN);
  return (authorization) => (bears(authorization) ? null : refusal('auth.ops_token'));
}
