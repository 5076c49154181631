export { detectContainment, type Containment } from './containment.js';
export { DeferredRunning } from './deferred-running.js';
export { describeExit, type Exit } from './exit.js';
export type { SupervisionLogger } from './logger.js';
export type { ProbeContext, SupervisorProbe } from './probe-loop.js';
export type { AdoptedProcessSpec, KilledProcessSpec, ProcessSpec } from './process-spec.js';
export { ProcessRuntime } from './process.runtime.js';
export { DEFAULT_RESTART_POLICY, type RestartPolicy } from './restart.policy.js';
export type { OutputLine, ProcessIdentity, Running, Runtime, WriteResult } from './runtime.js';
export type { SupervisorSnapshot } from './snapshot.js';
export { Supervisor, type SupervisorOptions } from './supervisor.service.js';
export type { LastExit, SupervisorEvent } from './supervisor.types.js';
export {
  initialThreshold,
  observe,
  type ProbeOutcome,
  type ThresholdState,
  type Thresholds,
} from './threshold.state.js';
