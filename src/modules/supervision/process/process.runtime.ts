import type { OutputLine, Identity, Running, Runtime } from '../runtime.js';
import { AdoptableProcess, startAdoptable } from './adoptable-process.js';
import { startContained } from './contained-process.js';
import type { Containment } from './containment.js';
import { isProcessIdentity, isSameProcess } from './process-identity.js';
import type { ProcessSpec } from './process-spec.js';
import { resolveCommand } from './resolve-command.js';

/** Runs a process of this machine. It leads a process group of its own, so that nothing is sent to it by accident. */
export class ProcessRuntime implements Runtime {
  /** `containment` comes from `detectContainment()`; it is used for `onSupervisorDeath: 'kill'`. */
  constructor(
    private readonly spec: ProcessSpec,
    private readonly containment: Containment,
  ) {}

  start(incarnation: number, output: (line: OutputLine) => void): Running {
    const file = resolveCommand(this.spec.command, this.spec.env, this.spec.cwd);
    return this.spec.onSupervisorDeath === 'kill'
      ? startContained(this.spec, file, this.containment, incarnation, output)
      : startAdoptable(this.spec, file);
  }

  adopt(identity: Identity): Promise<Running | null> {
    const isOurs =
      this.spec.onSupervisorDeath === 'adopt' && isProcessIdentity(identity) && isSameProcess(identity);
    return Promise.resolve(isOurs ? new AdoptableProcess(identity) : null);
  }
}
