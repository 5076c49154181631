import { createRequire } from 'node:module';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SandboxProcess } from './sandbox.process.js';
import type { SandboxProgress, SandboxReply, SandboxRequest } from './sandbox.source.js';

const JSONATA = createRequire(import.meta.url).resolve('jsonata');
const MAX_PROCESSES = 4;
const IDLE_MS = 30_000;
/** Time by the clock that an expression may take in all, on a machine that has little to spare. */
const MAX_WALL_MS = 30_000;
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

export interface Evaluation {
  readonly expression: string;
  /** JSON text. */
  readonly data: string;
  /** Processor time, ms. */
  readonly timeoutMs: number;
  /** Characters of JSON that the result may have. */
  readonly maxOutput: number;
  readonly signal: AbortSignal;
}

export type Evaluated = Exclude<SandboxReply, { kind: 'compiled' }>;

export interface Compilation {
  readonly expressions: readonly string[];
  /** Processor time for all of them, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `unknown` when the sandbox could not do its work. */
export type Compiled =
  | Extract<SandboxReply, { kind: 'compiled' }>
  | { readonly kind: 'too-slow' | 'too-big'; readonly index: number }
  | { readonly kind: 'unknown' };

/**
 * Evaluates JSONata where it can harm nobody: in processes of their own, with limits on time, memory and depth,
 * and an empty environment. At most four at once; the others wait.
 */
@Injectable()
export class Sandbox implements OnApplicationShutdown {
  private readonly idle: SandboxProcess[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly all = new Set<SandboxProcess>();
  private busy = 0;
  private retirement: NodeJS.Timeout | undefined;

  /** Rejects only with the signal's reason. */
  async evaluate({ signal, ...request }: Evaluation): Promise<Evaluated> {
    const reply = await this.run(request, signal);
    return reply.kind === 'compiled' ? { kind: 'failed', message: 'the sandbox did something else' } : reply;
  }

  /** Compiles each, without running any. Rejects only with the signal's reason. */
  async compile({ signal, expressions, timeoutMs }: Compilation): Promise<Compiled> {
    const reply: SandboxReply & SandboxProgress = await this.run({ expressions, timeoutMs }, signal);
    switch (reply.kind) {
      case 'compiled':
        return reply;
      case 'too-slow':
      case 'too-big':
        return { kind: reply.kind, index: reply.index ?? 0 };
      default:
        return { kind: 'unknown' };
    }
  }

  private async run(
    request: Omit<SandboxRequest, 'jsonata' | 'maxWallMs' | 'resourceLimits'>,
    signal: AbortSignal,
  ): Promise<SandboxReply> {
    while (this.busy >= MAX_PROCESSES) await this.turn(signal);
    signal.throwIfAborted();
    this.busy += 1;
    const sandbox = this.take();
    try {
      return await sandbox.evaluate(
        { ...request, jsonata: JSONATA, maxWallMs: MAX_WALL_MS, resourceLimits: LIMITS },
        signal,
      );
    } finally {
      this.busy -= 1;
      this.giveBack(sandbox);
      this.waiting.shift()?.();
    }
  }

  onApplicationShutdown(): void {
    this.retire(this.all);
  }

  private take(): SandboxProcess {
    clearTimeout(this.retirement);
    for (let sandbox = this.idle.pop(); sandbox !== undefined; sandbox = this.idle.pop()) {
      if (sandbox.alive) return sandbox;
      this.all.delete(sandbox);
    }
    const sandbox = new SandboxProcess();
    this.all.add(sandbox);
    return sandbox;
  }

  private giveBack(sandbox: SandboxProcess): void {
    if (sandbox.alive) this.idle.push(sandbox);
    else this.all.delete(sandbox);
    clearTimeout(this.retirement);
    this.retirement = setTimeout(() => this.retire(this.idle), IDLE_MS);
    this.retirement.unref();
  }

  private retire(sandboxes: Iterable<SandboxProcess>): void {
    for (const sandbox of [...sandboxes]) {
      sandbox.kill();
      this.all.delete(sandbox);
    }
    this.idle.length = 0;
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      const go = () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      signal.throwIfAborted();
      this.waiting.push(go);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
