export { detectContainment, type Containment } from './process/containment.js';
export { DeferredRunning } from './pending-running.js';
export { describeExit, type Exit } from './exit.js';
export type { SupervisionLogger } from './logger.js';
export type { ProbeContext, SupervisorProbe } from './probing/probe-loop.js';
export type { ProcessIdentity } from './process/process-identity.js';
export type { AdoptedProcessSpec, KilledProcessSpec, ProcessSpec } from './process/process-spec.js';
export { ProcessRuntime } from './process/process.runtime.js';
export { DEFAULT_RESTART_POLICY, type RestartPolicy } from './machine/restart.policy.js';
export type { Identity, OutputLine, Running, Runtime, WriteResult } from './runtime.js';
export type { SupervisorSnapshot } from './machine/snapshot.js';
export { Supervisor, type SupervisorOptions } from './supervisor.service.js';
export type { LastExit, Resumption, SupervisorEvent } from './machine/supervisor.types.js';
export {
  initialThreshold,
  observe,
  type ProbeOutcome,
  type ThresholdState,
  type Thresholds,
} from './probing/threshold.state.js';
