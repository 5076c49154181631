export { ApiTokenGuard } from './api-token.guard.js';
export { apiGate, operatorGate, type Gate } from './gates.js';
export { FAILURES, type FailureCode } from './problems/execution.failures.js';
export { LIMITS, MAX_BODY_BYTES, MAX_CONCURRENT_REQUESTS, type ServerLimits } from './limits.js';
export { ProblemException, refusal, unavailable } from './problem.exception.js';
export { ProblemFilter, sendProblem } from './problem.filter.js';
export {
  PROBLEM_TYPE,
  problemReply,
  retryAfter,
  type Occasion,
  type Problem,
  type ProblemReply,
} from './problem.js';
export {
  GATEWAY_ERRORS,
  type GatewayErrorCode,
  type GatewayErrorDefinition,
} from './problems/gateway.errors.js';
export { PROBLEMS, problemDefinition, type ProblemCode } from './problems/registry.js';
