/** @probity/nest: the health of a Nest application's queues, workers and dependencies. */
export {
  answer,
  Board,
  BoardCheck,
  defineCodes,
  fail,
  healthy,
  warn,
  type Check,
  type CheckContext,
  type Code,
  type CodeDefinition,
  type Counts,
  type Status,
} from './modules/health/index.js';
export { fromTerminus, type FromTerminusOptions } from './nest/from-terminus.js';
export { DatabaseHealthIndicator, QueueHealthIndicator, WorkerHealthIndicator } from './nest/indicators.js';
export { ProbityModule } from './nest/probity.module.js';
export {
  ProbityOptionsError,
  type MetricsRegistry,
  type ProbePaths,
  type ProbityAsyncOptions,
  type ProbityLimits,
  type ProbityOptions,
  type RedisAddress,
  type RedisOption,
} from './nest/probity.options.js';
