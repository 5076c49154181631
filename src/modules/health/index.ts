export { Board } from './board/board.service.js';
export type { CheckRecord, Transition } from './board/board.state.js';
export {
  BoardCheck,
  ownDeadline,
  type Answer,
  type Check,
  type CheckContext,
  type Counts,
} from './board/check.js';
export { believable, checkOf, type Snapshot } from './board/snapshot.js';
export {
  codeDefinition,
  defineCodes,
  fail,
  healthy,
  isCode,
  registry,
  runbookOf,
  severityOf,
  warn,
  type Code,
  type CodeDefinition,
  type RestartEffect,
  type RestartTarget,
} from './codes/index.js';
export { HealthModule, SERVICE } from './health.module.js';
export { ProbeAnswers, type ProbeName, type ProbeRequest, type ProbeSource } from './http/probe-answers.js';
export type { ProbeReply } from './http/probe-reply.js';
export { HealthzSections, type HealthzSection } from './http/healthz-sections.js';
export { PLATFORM_PROBES, PROCESS_PROBES, probeHandler, type ProbeHandler } from './http/probe-handler.js';
export { Lifecycle, type DrainStep } from './lifecycle.js';
export { ProcessSampler } from './process-sampler.js';
export { reportOf } from './platform/reports.js';
export type {
  LeaseRow,
  QueueDepth,
  QueueReport,
  QueueRow,
  WorkerReport,
  WorkerRow,
  WorkflowsReport,
} from './platform/reports.js';
export { isStatus, severity, worst, type Status } from './status.js';
export { answer } from './terminus.bridge.js';
export type { ServiceIdentity } from './views/index.js';
export { ProbeThread } from './thread/probe-thread.js';
