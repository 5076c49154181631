import { execFile } from 'node:child_process';
import { settingsShape, type Environment, type Settings } from '../../config/index.js';
import { monotonic } from '../../kernel/index.js';
import { childEnvironment } from './child-environment.policy.js';
import { codexHome } from './codex-home.js';
import { launchArguments } from './launch-arguments.policy.js';
import { adviceFromHelp } from './launch-advice.policy.js';

const HELP_WITHIN_MS = 5_000;
const HELP_MAX_BYTES = 256 * 1024;
/** The program may be installed anew meanwhile. */
const AGAIN_AFTER_MS = 60_000;

/** Asks a program that does not start for its `--help`, to find out whether it is `codex app-server` at all. */
export class LaunchDiagnosis {
  private advice: string | null = null;
  private lookedAt = -Infinity;

  constructor(
    private readonly settings: Settings,
    private readonly environment: Environment,
  ) {}

  /** What happened, and what to do about it once that is known. */
  with(message: string): string {
    return this.advice === null ? message : `${message}; ${this.advice}`;
  }

  /** Whether it found something to say. Never rejects. */
  async look(): Promise<boolean> {
    if (monotonic() - this.lookedAt < AGAIN_AFTER_MS) return false;
    this.lookedAt = monotonic();
    this.advice = await this.ask();
    return this.advice !== null;
  }

  private ask(): Promise<string | null> {
    const { APP_SERVER_COMMAND, CODEX_HOME } = this.settings;
    const { command, args } = launchArguments(this.settings);
    const inherited = childEnvironment(this.environment, new Set(Object.keys(settingsShape)));
    const env = { ...inherited, CODEX_HOME: codexHome(CODEX_HOME) };
    const options = {
      env,
      timeout: HELP_WITHIN_MS,
      killSignal: 'SIGKILL',
      maxBuffer: HELP_MAX_BYTES,
    } as const;
    return new Promise<string | null>((resolve) => {
      const child = execFile(command, [...args, '--help'], options, (error, stdout, stderr) => {
        // A program that cannot be started at all has been told of by its start.
        const started = typeof (error as { code?: unknown } | null)?.code !== 'string';
        resolve(started ? adviceFromHelp(`${stdout}\n${stderr}`, APP_SERVER_COMMAND) : null);
      });
      child.stdin?.end();
      // Some reasons are thrown.
    }).catch(() => null);
  }
}
