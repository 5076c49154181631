import { Member, type MemberOptions } from './member.js';
import type { Notice } from './log-line.policy.js';
import type { StackPaths } from './paths.js';
import { RememberedPorts } from './ports.js';
import type { StackEnvironment } from './stack-environment.js';
import type { ProcessRow } from './stack-state.js';

/** What an address looks like to the stack itself: a process that listens everywhere is asked on loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

interface External {
  readonly row: ProcessRow;
  readonly stop?: () => Promise<void>;
}

/** The processes of one dev stack, in the order of their start. */
export class Stack {
  readonly ports: RememberedPorts;
  private readonly members: (Member | External)[] = [];

  constructor(
    readonly environment: StackEnvironment,
    readonly paths: StackPaths,
    private readonly notice: (name: string, notice: Notice) => void,
  ) {
    this.ports = new RememberedPorts(paths.ports);
  }

  /** Starts a process that the stack keeps running from now on. */
  start(options: MemberOptions): Member {
    const member = new Member(options, {
      logs: this.paths.logs,
      redact: this.environment.redact,
      notice: this.notice,
    });
    this.members.push(member);
    member.start();
    return member;
  }

  /** Takes note of a server that the stack does not run; `stop` is called in its turn. */
  note(name: string, address: string, detail: string, stop?: () => Promise<void>): void {
    const row: ProcessRow = { name, state: 'external', pid: null, address, restarts: 0, detail };
    this.members.push({ row, ...(stop === undefined ? {} : { stop }) });
  }

  member(name: string): Member | undefined {
    return this.members.find((each): each is Member => each instanceof Member && each.name === name);
  }

  get rows(): ProcessRow[] {
    return this.members.map((each) => (each instanceof Member ? each.row() : each.row));
  }

  /** Every process that the stack runs may be given work. */
  get isReady(): boolean {
    return this.members.every((each) => !(each instanceof Member) || each.isReady);
  }

  get apiUrl(): string {
    const { host, PORT } = this.environment.settings;
    return `http://${reachable(host)}:${PORT}`;
  }

  get workerUrl(): string {
    const { host, WORKER_PORT } = this.environment.settings;
    return `http://${reachable(host)}:${WORKER_PORT}`;
  }

  get appServerUrl(): string {
    const { host, APP_SERVER_PORT } = this.environment.settings;
    return `http://${reachable(host)}:${APP_SERVER_PORT}`;
  }

  get opsToken(): string | undefined {
    return this.environment.settings.OPS_TOKEN;
  }

  /** Stops what was started, the last first, each one when the one before is gone. */
  async stop(say: (name: string) => void): Promise<void> {
    for (const each of [...this.members].reverse()) {
      if (each instanceof Member) {
        say(each.name);
        await each.stop();
      } else if (each.stop) {
        say(each.row.name);
        await each.stop();
      }
    }
  }
}
