interface ProcessBase {
  /** A name on the PATH, or a path; never a shell line. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited that is not in it. */
  readonly env: NodeJS.ProcessEnv;
}

/** A process that dies with its supervisor, whatever kills the supervisor. */
export interface KilledProcessSpec extends ProcessBase {
  readonly onSupervisorDeath: 'kill';
  /** Takes the raw stdout, for a child that speaks a protocol on it; without it stdout becomes log lines. */
  readonly onStdout?: (chunk: Buffer, incarnation: number) => void;
  /** Takes secrets out of a line of output. */
  readonly redact: (line: string) => string;
  readonly maxLineBytes?: number;
  readonly maxLinesPerSecond?: number;
  /** What may wait for a child that does not read its stdin. */
  readonly stdinLimitBytes?: number;
  /** What asks it to end; SIGTERM unless said. */
  readonly stopSignal?: NodeJS.Signals;
  /** The account that it runs as, with `group` containment only; the supervisor's own unless said. */
  readonly account?: { readonly uid: number; readonly gid: number };
}

/** A process that goes on when its supervisor dies, for a later one to adopt. Needs `/proc`. */
export interface AdoptedProcessSpec extends ProcessBase {
  readonly onSupervisorDeath: 'adopt';
  /** Its output is appended here, for a pipe would end with the supervisor; without it output is discarded. */
  readonly logFile?: string;
}

export type ProcessSpec = KilledProcessSpec | AdoptedProcessSpec;
