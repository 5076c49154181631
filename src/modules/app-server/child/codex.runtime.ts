import { settingsShape, type Environment, type Settings } from '../../config/index.js';
import type { Redact } from '../../kernel/index.js';
import {
  DeferredRunning,
  detectContainment,
  ProcessRuntime,
  type Containment,
  type OutputLine,
  type Running,
  type Runtime,
} from '../../supervision/index.js';
import { childEnvironment } from './child-environment.policy.js';
import { prepareCodexHome, type CodexHome } from './codex-home.js';
import { launchArguments } from './launch-arguments.policy.js';

/** As much as the longest request, several times over. */
const STDIN_LIMIT_BYTES = 32 * 1024 * 1024;

/** Starts `codex app-server`. Everything that can be wrong with its settings is found before the spawn. */
export class CodexRuntime implements Runtime {
  constructor(
    private readonly settings: Settings,
    private readonly environment: Environment,
    private readonly redact: Redact,
    private readonly onStdout: (chunk: Buffer, incarnation: number) => void,
  ) {}

  start(incarnation: number, output: (line: OutputLine) => void): Running {
    const { command, args } = launchArguments(this.settings);
    // Asked anew for each life: what could not be tried out for one may be known for the next.
    const prepared = Promise.all([prepareCodexHome(this.settings.CODEX_HOME), detectContainment()]);
    return new DeferredRunning(prepared, ([folders, containment]) =>
      this.startIn(folders, containment, command, args, incarnation, output),
    );
  }

  private startIn(
    { home, workspace }: CodexHome,
    containment: Containment,
    command: string,
    args: readonly string[],
    incarnation: number,
    output: (line: OutputLine) => void,
  ): Running {
    const inherited = childEnvironment(this.environment, new Set(Object.keys(settingsShape)));
    const env = { ...inherited, CODEX_HOME: home };
    const runtime = new ProcessRuntime(
      {
        onSupervisorDeath: 'kill',
        command,
        args,
        cwd: workspace,
        env,
        redact: this.redact,
        onStdout: this.onStdout,
        stdinLimitBytes: STDIN_LIMIT_BYTES,
      },
      containment,
    );
    return runtime.start(incarnation, output);
  }
}
