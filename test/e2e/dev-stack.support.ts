import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from '../fixtures/cleanup.js';
import { freePorts } from '../fixtures/ports.js';
import { TestProcess } from '../fixtures/process.js';
import { tempDir } from '../fixtures/temp-dir.js';
import type { ProcessIdentity } from '../../src/modules/supervision/index.js';
import { identify, isSameProcess } from '../../src/modules/supervision/process-identity.js';
import { lockHolder } from '../../src/stack/stack-lock.js';
import { readState, type StackState } from '../../src/stack/stack-state.js';

/** Whatever a body holds; a wrong guess fails the test. */
type Json = ReturnType<typeof JSON.parse>;

/** A dev stack of its own: data folder and ports that nobody else has. */
export class TestStack {
  /** The processes that its state has named so far: they empty their environment, and could not be told by it. */
  private readonly named = new Map<number, ProcessIdentity>();

  private constructor(
    readonly dir: string,
    readonly env: Readonly<Record<string, string>>,
    readonly apiUrl: string,
  ) {}

  static async prepare(env: Readonly<Record<string, string>> = {}): Promise<TestStack> {
    const dir = tempDir('stack');
    const [redis, postgres, api, worker] = await freePorts(4);
    writeFileSync(join(dir, 'ports.json'), JSON.stringify({ redis, postgres }));
    const own = { PROBITY_DATA_DIR: dir, PORT: String(api), WORKER_PORT: String(worker) };
    // Blank is unset, and keeps a developer's .env out.
    const unset = { NODE_ENV: '', REDIS_URL: '', QUEUE_REDIS_HOST: '', DATABASE_URL: '', QUEUE_DRIVER: '' };
    const stack = new TestStack(dir, { ...unset, ...own, ...env }, `http://127.0.0.1:${api}`);
    atEnd(() => {
      const holder = lockHolder(join(dir, 'stack.lock'));
      if (holder) process.kill(holder.pid, 'SIGKILL');
    });
    return stack;
  }

  /** What `npm run dev:stack -- <flags>` runs. */
  command(...flags: string[]): Promise<TestProcess> {
    this.noteProcesses();
    return TestProcess.start('scripts/dev-stack.mjs', { args: flags, env: this.env });
  }

  /** Runs a command to its end. */
  async run(...flags: string[]): Promise<{ code: number | null; output: string }> {
    const command = await this.command(...flags);
    const { code } = await command.exited;
    return { code, output: command.stdout + command.stderr };
  }

  get state(): StackState | undefined {
    return readState(join(this.dir, 'stack.json'));
  }

  pidOf(name: string): number {
    const pid = this.state?.processes.find((row) => row.name === name)?.pid;
    if (pid == null) throw new Error(`${name} does not run: ${JSON.stringify(this.state?.processes)}`);
    return pid;
  }

  async get(path: string): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.apiUrl}${path}`, { signal: AbortSignal.timeout(5000) });
    return { status: response.status, body: await response.json() };
  }

  async post(path: string, body: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Every process of the machine that works in the data folder, or was told of it. */
  processes(): string[] {
    this.noteProcesses();
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
      .filter((pid) => this.belongs(pid))
      .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
  }

  private noteProcesses(): void {
    for (const { pid } of this.state?.processes ?? []) {
      const identity = pid === null || this.named.has(pid) ? null : identify(pid);
      if (identity !== null) this.named.set(identity.pid, identity);
    }
  }

  private belongs(pid: string): boolean {
    // A zombie has ended; its parent has only not asked yet.
    if (/\) [ZX] /.test(read(`/proc/${pid}/stat`))) return false;
    const named = this.named.get(Number(pid));
    if (named !== undefined && isSameProcess(named)) return true;
    const about = read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`) + cwd(pid);
    return about.includes(this.dir);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function cwd(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
