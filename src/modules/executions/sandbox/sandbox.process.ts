import { spawn, type ChildProcess } from 'node:child_process';
import { SANDBOX_SOURCE, type SandboxReply, type SandboxRequest } from './sandbox.source.js';

/** How long after its own limit the process may take to say so, ms. A new process has to start first. */
const LATE_MS = 3000;

/** One process that evaluates one expression at a time. It has no environment, and ends with its parent. */
export class SandboxProcess {
  private readonly child: ChildProcess;
  private settle: ((reply: SandboxReply) => void) | undefined;
  alive = true;

  constructor() {
    this.child = spawn(process.execPath, ['-e', SANDBOX_SOURCE], {
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.child.on('message', (reply) => this.settle?.(reply as SandboxReply));
    this.child.on('error', (error) => this.lost({ kind: 'failed', message: error.message }));
    // V8 aborts when an allocation does not fit at all.
    this.child.on('exit', () => this.lost({ kind: 'too-big' }));
  }

  /** Resolves with the verdict. Rejects with the signal's reason when it aborts; the process is then gone. */
  async evaluate(request: SandboxRequest, signal: AbortSignal): Promise<SandboxReply> {
    signal.throwIfAborted();
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
      this.child.send(request, (error) => {
        if (error !== null) this.lost({ kind: 'failed', message: error.message });
      });
    });
  }

  kill(): void {
    this.alive = false;
    this.child.kill('SIGKILL');
  }

  private lost(reply: SandboxReply): void {
    this.alive = false;
    this.settle?.(reply);
  }

  /** An idle sandbox does not keep its parent's process. */
  private letGo(): void {
    this.child.unref();
    this.child.channel?.unref();
  }

  private hold(): void {
    this.child.ref();
    this.child.channel?.ref();
  }
}
