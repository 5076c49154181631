import {
  ProcessRuntime,
  type Containment,
  type KilledProcessSpec,
} from '../src/modules/supervision/index.js';
import { appendPrivate } from './private-files.js';
import { lastLines } from './programs.js';

/** How a child ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface GuardedChild {
  pid: number;
  /** Settles when the child has ended, however it did. Never rejects. */
  exited: Promise<Exit>;
  hasExited(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Asks with its stop signal, kills after `graceMs`, and resolves when the process is gone. Safe to call again. */
  stop(graceMs: number): Promise<void>;
  /** The last lines that it wrote. */
  lastLines(): string;
}

/** What a child of the stack is: everything but what is the same for all of them. */
export type ChildSpec = Omit<KilledProcessSpec, 'onSupervisorDeath' | 'redact' | 'onStdout'>;

/**
 * The containment of the stack's children: their process group dies with this process. A PID namespace would
 * hold more, but the processes would then report pids that nobody outside can use, and nothing here leaves its group
 * but PostgreSQL's backends, which end with their postmaster.
 */
export const CONTAINMENT: Containment = { kind: 'group' };

const LINES_KEPT = 20;

/**
 * Starts a program that does not outlive this process, in a process group of its own (a Ctrl-C in the
 * terminal reaches only this process, which stops its children in its own order).
 * Throws when the program cannot be started.
 */
export async function spawnGuarded(
  spec: ChildSpec,
  onLine: (stream: 'stdout' | 'stderr', line: string) => void,
): Promise<GuardedChild> {
  const runtime = new ProcessRuntime(
    {
      maxLineBytes: Infinity,
      maxLinesPerSecond: Infinity,
      ...spec,
      onSupervisorDeath: 'kill',
      redact: (line) => line,
    },
    CONTAINMENT,
  );
  const kept: string[] = [];
  const running = runtime.start(1, ({ stream, line }) => {
    if (stream === 'supervisor') return;
    kept.push(line);
    if (kept.length > LINES_KEPT) kept.shift();
    onLine(stream, line);
  });
  const pid = await running.spawned;
  if (pid === null) {
    throw new Error(`could not start ${spec.command}: ${(await running.exited).error ?? 'it ended at once'}`);
  }
  let ended = false;
  const exited = running.exited.then(({ code, signal }) => {
    ended = true;
    return { code, signal: signal as NodeJS.Signals | null };
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (ended) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It has ended, and its exit is not read yet.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return {
    pid,
    exited,
    hasExited: () => ended,
    kill,
    stop: async (graceMs) => {
      running.terminate();
      // A frozen process would not hear it.
      kill('SIGCONT');
      const timer = setTimeout(() => running.kill(), graceMs);
      await exited;
      clearTimeout(timer);
    },
    lastLines: () => lastLines(kept.join('\n')),
  };
}

/** Appends each line to a file, for as long as its folder is there: a last word must not end the listener. */
export function toFile(file: string): (stream: string, line: string) => void {
  return (_stream, line) => {
    try {
      appendPrivate(file, `${line}\n`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };
}
