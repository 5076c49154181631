import { TestProcess } from '../../fixtures/process.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A command of a shell that writes to its standard input; nothing by default. */
  readonly input?: string;
}

/** Runs the command of this checkout to its end, in pipes. */
export async function probity(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const { env = {}, input = ':' } = options;
  const child = await TestProcess.inShell(`${input} | "$@"`, 'dist/cli/main.js', { args, env });
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

export async function started(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<TestProcess> {
  return await TestProcess.start('dist/cli/main.js', { args, env });
}
