export { apiGate, operatorGate, type ApiGateOptions, type Gate, type OperatorGateOptions } from './gates.js';
export { FAILURES, type FailureCode } from './problems/execution.failures.js';
export { LIMITS, MAX_BODY_BYTES, type ServerLimits } from './limits.js';
export { ProblemException, refusal, unavailable } from './problem.exception.js';
export { frameworkProblem, ProblemFilter, sendProblem } from './problem.filter.js';
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
export { admit, SlowBodyError, type RouteWork } from './server/admission.js';
export { guardedServer } from './server/guarded-server.js';
export { answerParserError } from './server/parser-errors.js';
export { originForm, splitTarget } from './server/request-target.js';
export { PROBLEMS, problemDefinition, type ProblemCode } from './problems/registry.js';
