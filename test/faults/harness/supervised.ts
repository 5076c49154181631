import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeWorker } from '../../fixtures/app-server.js';
import { eventually } from '../../fixtures/eventually.js';
import type { Probity, Reply } from '../../fixtures/probity.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const SWITCHED = fileURLToPath(new URL('./switched-app-server.mjs', import.meta.url));

/** The command of a child whose lives behave as a file says; see switched-app-server.mjs. */
export class ChildSwitch {
  readonly file = join(tempDir('child-mode'), 'mode');

  constructor(mode: string) {
    this.set(mode);
  }

  get command(): string {
    return `'${process.execPath}' '${SWITCHED}' '${this.file}'`;
  }

  /** From the next life on. */
  set(mode: string): void {
    writeFileSync(this.file, mode);
  }

  /** The child, its guards, and all that it started, but for zombies: pids. */
  processes(): number[] {
    return argumentsOfAll()
      .filter(({ args }) => args.includes(this.file))
      .map(({ pid }) => pid);
  }

  grandchildren(): number[] {
    return argumentsOfAll()
      .filter(({ args }) => args[0] === 'sh' && args.at(-1) === this.file)
      .map(({ pid }) => pid);
  }
}

/** An app-server worker and the child that it supervises. */
export class Supervised {
  private constructor(
    readonly worker: Probity,
    readonly child: ChildSwitch,
  ) {}

  static async start(mode: string, settings: Readonly<Record<string, string>>): Promise<Supervised> {
    const child = new ChildSwitch(mode);
    const worker = await fakeWorker('', { APP_SERVER_COMMAND: child.command, ...settings });
    return new Supervised(worker, child);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- read as a client of the wire does
  async report(): Promise<any> {
    return (await this.worker.get('/healthz')).json.worker_supervisor;
  }

  /** Sends a signal to the child alone. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill((await this.report()).pid as number, signal);
  }

  async restarts(atLeast: number, timeoutMs = 10_000): Promise<void> {
    await eventually(async () => (await this.report()).restarts_total >= atLeast, {
      timeoutMs,
      intervalMs: 5,
      what: `restart ${atLeast} of the child`,
    });
  }

  /** What a check that looks for processes says: the worker is there, and its child is. */
  async processesAreUp(): Promise<boolean> {
    if (this.worker.process.hasExited()) return false;
    const pid = (await this.report()).pid as number | null;
    return pid !== null && isUp(pid);
  }
}

/** What all endpoints of an app-server worker said at one moment. */
export interface ChildSight {
  readonly readyz: Reply;
  readonly healthz: Reply;
  readonly livez: Reply;
}

export async function lookAt({ worker }: Supervised): Promise<ChildSight> {
  const [readyz, healthz, livez] = await Promise.all([
    worker.get('/readyz'),
    worker.get('/healthz'),
    worker.get('/livez'),
  ]);
  return { readyz, healthz, livez };
}

/** Frozen is up, a zombie is not. */
export function isUp(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function argumentsOfAll(): { pid: number; args: string[] }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: commandLine(name).split('\0').slice(0, -1) }));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
