import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Takes one line of progress for the person who waits. */
export type Say = (line: string) => void;

// Service programs often live outside an ordinary user's PATH.
const SYSTEM_DIRS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const BREW_DIRS = ['/opt/homebrew/bin', '/home/linuxbrew/.linuxbrew/bin'];

// `which` asks for one name, and knows no place beside the path that it is given: little of this would go.
/** The path of the first of `names` found in `dirs`, on the PATH or in the usual places. */
export function findProgram(names: readonly string[], dirs: readonly string[] = []): string | undefined {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    for (const dir of [...dirs, ...path, ...SYSTEM_DIRS, ...BREW_DIRS]) {
      const candidate = join(dir, name);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** Whether `path` is a file that this process may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export interface Ran {
  code: number | null;
  /** stdout and stderr together, in the order of arrival. */
  output: string;
}

export interface RunOptions {
  /** Ends it after so many ms. */
  timeout?: number;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  cwd?: string;
}

// `execa` brings a dozen packages for these ten lines, and what is to live on is guarded-child.ts's in any case.
/** Runs a program to its end. A program that cannot be started answers `code: null` and the reason. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The last lines of a program's output, for an error message. */
export function lastLines(text: string, count = 5): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
