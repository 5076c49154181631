import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** How a child ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface GuardedChild {
  pid: number;
  /** Its output, unless a log takes it. */
  stdout: Readable | null;
  stderr: Readable | null;
  /** Settles when the child has ended, however it did. Never rejects. */
  exited: Promise<Exit>;
  hasExited(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Asks with `signal`, kills after `graceMs`, and resolves when the process is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

export interface GuardedOptions {
  /** The signal that ends the child when this process dies without having stopped it. */
  orphanSignal: NodeJS.Signals;
  cwd: string;
  /** File descriptor that takes stdout and stderr; without it they are pipes. */
  logFd?: number;
  uid?: number | undefined;
  gid?: number | undefined;
  env?: NodeJS.ProcessEnv;
}

// A shell beside the program holds the reading end of a pipe. When this process dies, even by kill -9, the
// pipe closes and the shell ends the program. A line on the pipe says that the program is gone already. The
// shell is forked twice so that it is no child of the program, which may wait for children of its own.
const GUARD = [
  'signal=$1; shift',
  '( ( read -r _ <&3 || { kill -s "$signal" $$; kill -s CONT $$; } ) >/dev/null 2>&1 & )',
  'exec "$@" 3<&-',
].join('\n');

/**
 * Starts a program that does not outlive this process, in a process group of its own (a Ctrl-C in the
 * terminal reaches only this process, which stops its children in its own order).
 * Throws when the program cannot be started.
 */
export async function spawnGuarded(
  program: string,
  args: readonly string[],
  options: GuardedOptions,
): Promise<GuardedChild> {
  const { orphanSignal, logFd, cwd, uid, gid, env } = options;
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', orphanSignal.replace(/^SIG/, ''), program, ...args], {
    cwd,
    detached: true,
    stdio: ['ignore', logFd ?? 'pipe', logFd ?? 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(env === undefined ? {} : { env }),
  });
  await started(child, program);
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => undefined);
  let ended = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      pipe.end('gone\n');
      resolve({ code, signal });
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (!ended) child.kill(signal);
  };
  return {
    pid: child.pid as number,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    hasExited: () => ended,
    kill,
    stop: async (signal, graceMs) => {
      kill(signal);
      kill('SIGCONT');
      const timer = setTimeout(() => kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function started(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`could not start ${program}: ${error.message}`)));
  });
}
