import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { neverBegan, type Exit } from '../exit.js';
import type { OutputLine, Running, WriteResult } from '../runtime.js';
import { contain, type Containment } from './containment.js';
import { ENVIRONMENT_FD, exportsOf, GUARD_FD, hearGuard, pipeOf } from './guard-channel.js';
import { LogLines } from './log-lines.js';
import type { KilledProcessSpec } from './process-spec.js';
import { sendSignal } from './send-signal.js';
import { StdinQueue } from './stdin-queue.js';

const DEFAULT_MAX_LINE_BYTES = 8_192;
const DEFAULT_MAX_LINES_PER_SECOND = 200;
const DEFAULT_STDIN_LIMIT_BYTES = 1_048_576;
/** How long after an exit output is still read, for what left the group may hold the pipes for ever. */
const OUTPUT_DRAIN_MS = 1_000;

/** Starts a process under a guard that ends it, and everything it started, with the supervisor. */
export function startContained(
  spec: KilledProcessSpec,
  file: string,
  containment: Containment,
  incarnation: number,
  output: (line: OutputLine) => void,
): Running {
  const guarded = contain(containment, file, spec.args);
  const exports = exportsOf(spec.env);
  const child = spawn(guarded.file, guarded.args, {
    cwd: spec.cwd,
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    ...spec.account,
  });
  handOver(child, exports);
  const contained = new ContainedProcess(
    child,
    spec.stdinLimitBytes ?? DEFAULT_STDIN_LIMIT_BYTES,
    spec.stopSignal ?? 'SIGTERM',
  );
  readOutput(child, contained, spec, incarnation, output);
  return contained;
}

/** What guards a child lives as long as it does, and has no use for what the child is given. */
function handOver(child: ChildProcess, exports: string): void {
  const channel = pipeOf(child, ENVIRONMENT_FD);
  channel?.on('error', () => undefined);
  channel?.resume();
  channel?.end(exports);
}

class ContainedProcess implements Running {
  readonly spawned: Promise<number | null>;
  readonly exited: Promise<Exit>;
  pid: number | null = null;
  private readonly stdin: StdinQueue;
  private tellPid!: (pid: number | null) => void;
  private ended = false;
  private terminating = false;

  constructor(
    private readonly child: ChildProcess,
    stdinLimitBytes: number,
    private readonly stopSignal: NodeJS.Signals,
  ) {
    this.stdin = new StdinQueue(child.stdin, stdinLimitBytes);
    this.spawned = new Promise((resolve) => (this.tellPid = resolve));
    const guard = hearGuard(pipeOf(child, GUARD_FD), (pid) => this.born(pid));
    this.exited = new Promise((resolve) => {
      const settle = (exit: Exit): void => {
        this.ended = true;
        this.tellPid(this.pid);
        // The guard ends what the child left behind.
        guard?.destroy();
        child.stdin?.destroy();
        resolve(exit);
      };
      child.on('error', (error) => {
        if (child.pid === undefined) settle(neverBegan(error));
      });
      child.once('exit', (code, signal) => {
        // One poll phase, for a pid that was told before the exit may not be read yet.
        setImmediate(settle, { code, signal, error: null });
      });
    });
  }

  terminate(): void {
    if (this.ended) return;
    this.terminating = true;
    this.stdin.close();
    if (this.pid !== null) sendSignal(this.pid, this.stopSignal);
  }

  kill(): void {
    if (!this.ended && this.child.pid !== undefined) sendSignal(-this.child.pid, 'SIGKILL');
  }

  write(data: string | Uint8Array): WriteResult {
    return this.stdin.write(data);
  }

  identity(): null {
    return null;
  }

  private born(pid: number): void {
    if (!Number.isSafeInteger(pid) || pid <= 0) return;
    this.pid = pid;
    this.tellPid(pid);
    if (this.terminating && !this.ended) sendSignal(pid, this.stopSignal);
  }
}

function readOutput(
  child: ChildProcess,
  contained: ContainedProcess,
  spec: KilledProcessSpec,
  incarnation: number,
  output: (line: OutputLine) => void,
): void {
  const lines = new LogLines(
    {
      maxLineBytes: spec.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES,
      maxLinesPerSecond: spec.maxLinesPerSecond ?? DEFAULT_MAX_LINES_PER_SECOND,
      redact: spec.redact,
      clock: () => performance.now(),
    },
    {
      line: (stream, line) =>
        output({
          level: stream === 'stdout' ? 'info' : 'warn',
          stream,
          pid: contained.pid,
          incarnation,
          line,
        }),
      dropped: (count) =>
        output({
          level: 'warn',
          stream: 'supervisor',
          pid: contained.pid,
          incarnation,
          line: `dropped ${count} lines of its output, which comes faster than it is logged`,
        }),
    },
  );
  const { onStdout } = spec;
  listen(child.stdout, (chunk) => (onStdout ? onStdout(chunk, incarnation) : lines.push('stdout', chunk)));
  listen(child.stderr, (chunk) => lines.push('stderr', chunk));
  child.once('close', () => lines.close());
  void contained.exited.then(() => {
    setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, OUTPUT_DRAIN_MS).unref();
  });
}

function listen(stream: Readable | null, onChunk: (chunk: Buffer) => void): void {
  stream?.on('error', () => undefined);
  stream?.on('data', onChunk);
}
