import { spawn, type ChildProcess } from 'node:child_process';
import { SANDBOX_SOURCE, type SandboxReply, type SandboxRequest } from './sandbox.source.js';

/** How long after its own limit the process may take to say so, ms. A new process has to start first. */
const LATE_MS = 3000;

/**
 * One process that evaluates one expression at a time. It has no environment, and ends with its parent. Where none can
 * be started, for lack of descriptors, processes or memory, it is one that was lost before it began.
 */
export class SandboxProcess {
  private readonly child: ChildProcess | undefined;
  private settle: ((reply: SandboxReply) => void) | undefined;
  private fate: SandboxReply | undefined;

  constructor() {
    try {
      this.child = spawn(process.execPath, ['-e', SANDBOX_SOURCE], {
        env: {},
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
    } catch (error) {
      this.lost(notStarted(error));
      return;
    }
    const { child } = this;
    child.on('message', (reply) => this.settle?.(reply as SandboxReply));
    child.on('error', (error) =>
      this.lost(child.pid === undefined ? notStarted(error) : { kind: 'failed', message: error.message }),
    );
    // V8 aborts when an allocation does not fit at all.
    child.on('exit', () => this.lost({ kind: 'too-big' }));
  }

  get alive(): boolean {
    return this.fate === undefined;
  }

  /** Resolves with the verdict. Rejects with the signal's reason when it aborts; the process is then gone. */
  async evaluate(request: SandboxRequest, signal: AbortSignal): Promise<SandboxReply> {
    signal.throwIfAborted();
    if (this.fate !== undefined) return this.fate;
    this.hold();
    return await new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(backstop);
        signal.removeEventListener('abort', aborted);
        this.settle = undefined;
        this.letGo();
      };
      const aborted = () => {
        done();
        this.kill();
        reject(signal.reason as Error);
      };
      const backstop = setTimeout(() => {
        this.settle?.({ kind: 'too-slow' });
        this.kill();
      }, request.maxWallMs + LATE_MS);
      this.settle = (reply) => {
        done();
        resolve(reply);
      };
      signal.addEventListener('abort', aborted, { once: true });
      // One that could not be started has nothing to send with, and tells so in a moment.
      if (this.child?.pid === undefined) return;
      this.child.send(request, (error) => {
        if (error !== null) this.lost({ kind: 'failed', message: error.message });
      });
    });
  }

  kill(): void {
    this.fate ??= { kind: 'unavailable', message: 'it was ended' };
    // A process that never was has the pid 0, which is our own group.
    if (this.child?.pid !== undefined) this.child.kill('SIGKILL');
  }

  private lost(reply: SandboxReply): void {
    this.fate ??= reply;
    this.settle?.(reply);
  }

  /** An idle sandbox does not keep its parent's process. */
  private letGo(): void {
    this.child?.unref();
    this.child?.channel?.unref();
  }

  private hold(): void {
    this.child?.ref();
    this.child?.channel?.ref();
  }
}

function notStarted(error: unknown): SandboxReply {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return { kind: 'unavailable', message: `no process can be started (${code})` };
}
