/** The world of a command, so that it can be run without one. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  /** Results. */
  readonly stdout: NodeJS.WriteStream;
  /** Progress and errors. */
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** How wide a text may be, columns: a pipe has none of its own. */
export function columnsOf({ stdout, env }: Io): number {
  const told = stdout.isTTY ? stdout.columns : Number(env['COLUMNS'] ?? NaN);
  return Math.min(120, Math.max(80, Number.isFinite(told) && told > 0 ? told : 100));
}
